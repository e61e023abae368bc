-- pgvector lies in `public`, where other schemas of the database find it too.
CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;

-- The lock of an index is its row: writers of entries share it, who changes its generations does not.
CREATE TABLE indexes (
    id text COLLATE "C" PRIMARY KEY,
    layout bigint NOT NULL,
    record jsonb NOT NULL
);

CREATE TABLE states (
    key text PRIMARY KEY,
    value text NOT NULL,
    version bigint NOT NULL
);

-- Each generation has a table of its own, `entries_<number>`.
CREATE SEQUENCE generations;
CREATE SEQUENCE entry_versions;
