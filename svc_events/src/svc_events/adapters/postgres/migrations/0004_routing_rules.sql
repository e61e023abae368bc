-- Routing rules.

-- Every change of a rule takes the next revision, in the order in which changes are committed: the row is
-- locked until then. Replicas compare it with the one whose rules they know.
CREATE TABLE routing_revision (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    revision bigint NOT NULL
);
INSERT INTO routing_revision (revision) VALUES (0);

CREATE TABLE routing_rules (
    id text PRIMARY KEY,
    -- Never used again, unlike the id.
    serial bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    stream text NOT NULL,
    description text NOT NULL,
    filters jsonb NOT NULL,
    -- Templates by attribute.
    attributes jsonb NOT NULL,
    -- Template of the data; empty: they stay.
    data text NOT NULL,
    -- 'stream', 'webhook' or 'subject', and which.
    target_kind text NOT NULL,
    target text NOT NULL,
    is_disabled boolean NOT NULL,
    -- Events after this place of the stream are for it.
    start_sequence bigint NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by text NOT NULL
);
CREATE INDEX routing_rules_by_stream ON routing_rules (stream);

-- Apart from the rules, for they change with every few events.
CREATE TABLE routing_rule_counts (
    serial bigint PRIMARY KEY REFERENCES routing_rules (serial) ON DELETE CASCADE,
    routed bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0,
    last_error text NOT NULL DEFAULT ''
) WITH (fillfactor = 50);

-- How far the events of a stream were copied by its rules.
CREATE TABLE routing_positions (
    stream text PRIMARY KEY,
    sequence bigint NOT NULL
);
