-- Subscriptions: settings that the broker does not keep.

CREATE TABLE subscriptions (
    id          text COLLATE "C" PRIMARY KEY,
    stream      text COLLATE "C" NOT NULL,
    spec        jsonb NOT NULL,
    -- Where its epoch began: one of the two.
    start_sequence bigint NOT NULL,
    start_time  timestamptz,
    epoch       integer NOT NULL,
    version     integer NOT NULL,
    created_by  text NOT NULL,
    create_time timestamptz NOT NULL,
    update_time timestamptz NOT NULL
);

CREATE INDEX subscriptions_by_stream ON subscriptions (stream, id);
