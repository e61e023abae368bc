-- The scheduler's record. Redis and JetStream hold nothing that can't be made again from here.

-- Who may record what is due: one row. A leader adds 1 to the token; whoever records something holds
-- the row, so that nothing is recorded under a token after the next one was given out.
CREATE TABLE leadership (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    token bigint NOT NULL,
    leader text NOT NULL,
    lead_time timestamptz NOT NULL
);
INSERT INTO leadership (token, leader, lead_time) VALUES (0, '', 'epoch');

-- Fencing tokens of attempts.
CREATE SEQUENCE fencing_tokens AS bigint;

CREATE TABLE jobs (
    uid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    -- The settings, as JSON of oms.scheduler.v1.Job without what the service adds.
    definition jsonb NOT NULL,
    -- Values of the headers of an HTTP target: sealed JSON.
    secrets bytea,
    labels jsonb NOT NULL,
    -- Grows with each change of the settings, and with pause and resume.
    revision bigint NOT NULL DEFAULT 1,
    is_paused boolean NOT NULL,
    state_reason text NOT NULL DEFAULT '',
    -- The earliest time that is not recorded as a run yet, and when its run begins. Null: there is none.
    next_fire_time timestamptz,
    next_begin_time timestamptz,
    failures_in_a_row int NOT NULL DEFAULT 0,
    author text NOT NULL,
    author_roles text[] NOT NULL,
    created_by text NOT NULL,
    create_time timestamptz NOT NULL,
    update_time timestamptz NOT NULL
);
CREATE INDEX jobs_due ON jobs (next_fire_time) WHERE next_fire_time IS NOT NULL;
CREATE INDEX jobs_labels ON jobs USING gin (labels jsonb_path_ops);

CREATE TABLE runs (
    job_uid bigint NOT NULL REFERENCES jobs ON DELETE CASCADE,
    -- Of a scheduled run: its time, so that one time is recorded once.
    id text COLLATE "C" NOT NULL,
    -- In which order they were recorded.
    number bigint GENERATED ALWAYS AS IDENTITY,
    cause smallint NOT NULL,
    state smallint NOT NULL,
    state_reason text NOT NULL DEFAULT '',
    priority smallint NOT NULL,
    fire_time timestamptz,
    begin_time timestamptz NOT NULL,
    parameters jsonb,
    missed_count int NOT NULL DEFAULT 0,
    -- How many attempts there were, the present one included; how many of them ended with their
    -- worker; and how many because their worker was stopped.
    attempt int NOT NULL DEFAULT 0,
    lost int NOT NULL DEFAULT 0,
    given_back int NOT NULL DEFAULT 0,
    -- The attempts that ended, as JSON; the last 100.
    attempts jsonb NOT NULL DEFAULT '[]',
    result jsonb,
    error jsonb,
    -- Who has it, by which token, and until when without a sign of life.
    worker text NOT NULL DEFAULT '',
    fencing_token bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    attempt_time timestamptz,
    is_cancelled boolean NOT NULL DEFAULT false,
    queue_time timestamptz,
    create_time timestamptz NOT NULL,
    start_time timestamptz,
    end_time timestamptz,
    update_time timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (job_uid, id)
);
CREATE UNIQUE INDEX runs_by_number ON runs (number);
CREATE INDEX runs_of_job ON runs (job_uid, number);
CREATE INDEX runs_by_update ON runs (update_time);
-- States as in oms.scheduler.v1.RunState.
CREATE INDEX runs_open ON runs (job_uid, number) WHERE state < 5;
CREATE INDEX runs_pending ON runs (begin_time) WHERE state = 1;
CREATE INDEX runs_queued ON runs (queue_time) WHERE state = 3;
CREATE INDEX runs_running ON runs (lease_until) WHERE state = 4;
CREATE INDEX runs_ended ON runs (end_time) WHERE state > 4;

CREATE TABLE run_logs (
    job_uid bigint NOT NULL,
    run_id text COLLATE "C" NOT NULL,
    attempt int NOT NULL,
    -- [[seconds since 1970, text], …]
    lines jsonb NOT NULL,
    dropped bigint NOT NULL,
    PRIMARY KEY (job_uid, run_id, attempt),
    FOREIGN KEY (job_uid, run_id) REFERENCES runs ON DELETE CASCADE
);

CREATE TABLE workers (
    id text COLLATE "C" PRIMARY KEY,
    host text NOT NULL,
    start_time timestamptz NOT NULL,
    heartbeat_time timestamptz NOT NULL,
    run_count int NOT NULL,
    capacity int NOT NULL,
    is_draining boolean NOT NULL DEFAULT false
);
