-- Of which stream a position is, by the time when it was made: one that was made anew counts from 1.
-- Empty: an earlier version wrote the position.
ALTER TABLE kafka_positions ADD COLUMN stream_created text NOT NULL DEFAULT '';
