-- The bridge to Kafka.

-- How far the events of a stream are in a topic.
CREATE TABLE kafka_positions (
    stream text NOT NULL,
    topic text NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (stream, topic)
);
