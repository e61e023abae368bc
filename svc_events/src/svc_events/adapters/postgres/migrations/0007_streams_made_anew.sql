-- Of which stream a position is, by the time when it was made: one that was made anew counts from 1.
-- Empty: nothing was read of it yet, or by an earlier version.
ALTER TABLE webhook_positions ADD COLUMN stream_created text NOT NULL DEFAULT '';
ALTER TABLE routing_positions ADD COLUMN stream_created text NOT NULL DEFAULT '';
