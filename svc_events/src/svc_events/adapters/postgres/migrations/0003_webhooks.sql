-- Webhooks.

-- Every change of a webhook takes the next revision, in the order in which changes are committed: the row is
-- locked until then. Replicas read what has a higher revision than what they know.
CREATE TABLE webhook_revision (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    revision bigint NOT NULL
);
INSERT INTO webhook_revision (revision) VALUES (0);

CREATE TABLE webhooks (
    id text PRIMARY KEY,
    -- Never used again, unlike the id.
    serial bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    stream text NOT NULL,
    scheme text NOT NULL,
    description text NOT NULL,
    url text NOT NULL,
    filters jsonb NOT NULL,
    -- Names and values, encrypted together.
    headers bytea NOT NULL,
    mode text NOT NULL,
    batch_size integer NOT NULL,
    timeout_s double precision NOT NULL,
    rate_limit integer NOT NULL,
    max_concurrency integer NOT NULL,
    is_ordered boolean NOT NULL,
    ordering_key text NOT NULL,
    retry_s double precision[] NOT NULL,
    require_handshake boolean NOT NULL,
    is_disabled boolean NOT NULL,
    suspended_reason text NOT NULL DEFAULT '',
    is_confirmed boolean NOT NULL DEFAULT false,
    unconfirmed_reason text NOT NULL DEFAULT '',
    allowed_per_minute integer,
    -- When the endpoint is asked again whether it agrees, and how often it was.
    handshake_at timestamptz,
    handshake_count integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    -- Events after this place of the stream are for it.
    start_sequence bigint NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by text NOT NULL
);
CREATE INDEX webhooks_by_revision ON webhooks (revision);
CREATE INDEX webhooks_by_stream ON webhooks (stream);

CREATE TABLE webhook_secrets (
    serial bigint NOT NULL REFERENCES webhooks (serial) ON DELETE CASCADE,
    position integer NOT NULL,
    secret bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (serial, position)
);

-- How far the events of a stream were queued for its webhooks.
CREATE TABLE webhook_positions (
    stream text PRIMARY KEY,
    sequence bigint NOT NULL
);

-- Webhooks that are deleted and of which something may be left in the work queue or in the log.
CREATE TABLE webhook_leftovers (
    serial bigint PRIMARY KEY,
    token text NOT NULL,
    deleted_at timestamptz NOT NULL
);

CREATE TABLE webhook_dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    serial bigint NOT NULL REFERENCES webhooks (serial) ON DELETE CASCADE,
    delivery_id text NOT NULL,
    stream text NOT NULL,
    sequence bigint NOT NULL,
    event bytea NOT NULL,
    event_type text NOT NULL,
    partition integer NOT NULL,
    attempt_count integer NOT NULL,
    last_error text NOT NULL,
    last_http_status integer NOT NULL,
    dead_at timestamptz NOT NULL,
    -- A worker that dies after this row was written writes it again.
    UNIQUE (serial, delivery_id)
);
CREATE INDEX webhook_dead_letters_in_order ON webhook_dead_letters (serial, id);

-- One partition for each day, so that old attempts go by dropping a table. What has no partition,
-- because a clock jumped or nobody made one in time, is in the default one.
CREATE SEQUENCE webhook_attempt_ids;
CREATE TABLE webhook_attempts (
    id bigint NOT NULL DEFAULT nextval('webhook_attempt_ids'),
    serial bigint NOT NULL,
    delivery_id text NOT NULL,
    stream text NOT NULL,
    sequence bigint NOT NULL,
    event_type text NOT NULL,
    event_id text NOT NULL,
    event_count integer NOT NULL,
    number integer NOT NULL,
    attempted_at timestamptz NOT NULL,
    latency_us bigint NOT NULL,
    outcome smallint NOT NULL,
    http_status integer NOT NULL,
    error text NOT NULL,
    request_headers text NOT NULL,
    request_bytes bigint NOT NULL,
    response_headers text NOT NULL,
    response_body bytea NOT NULL,
    next_at timestamptz
) PARTITION BY RANGE (attempted_at);
CREATE INDEX webhook_attempts_in_order ON webhook_attempts (serial, attempted_at DESC, id DESC);
CREATE INDEX webhook_attempts_of_delivery ON webhook_attempts (serial, delivery_id);
CREATE TABLE webhook_attempts_default PARTITION OF webhook_attempts DEFAULT;
