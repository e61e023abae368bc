-- The relay: how far it got with each database, and where the events of each commit lie.

CREATE TABLE relay_positions (
    database text PRIMARY KEY,
    -- What the database was when it was last seen: also for the event that tells its end.
    kind text NOT NULL,
    display_name text NOT NULL,
    -- The place of the last relayed event, as in its header.
    place text NOT NULL,
    is_deleted boolean NOT NULL,
    -- Position of that event, in the stream that was created at that time.
    stream_sequence bigint NOT NULL,
    stream_created text NOT NULL,
    update_time timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE relayed_commits (
    database text NOT NULL,
    -- When the database was created: a later one of the same name is another one.
    incarnation text NOT NULL,
    commit_id text NOT NULL,
    commit_sequence bigint NOT NULL,
    -- Positions of its first and last event; the last one is null until it is there.
    first_sequence bigint NOT NULL,
    last_sequence bigint,
    PRIMARY KEY (database, incarnation, commit_id)
);

CREATE INDEX relayed_commits_by_id ON relayed_commits (commit_id);
CREATE INDEX relayed_commits_in_order ON relayed_commits (database, incarnation, commit_sequence);
