CREATE TABLE job (
    key            INTEGER PRIMARY KEY,
    id             TEXT    NOT NULL UNIQUE,
    agent          TEXT    NOT NULL,
    submitter      TEXT    NOT NULL,
    prompt         TEXT    NOT NULL,
    model          TEXT,
    max_budget_usd TEXT    NOT NULL,
    timeout_ms     INTEGER NOT NULL,
    priority       INTEGER NOT NULL,
    concurrency_key TEXT,
    metadata       TEXT    NOT NULL,
    session_id     TEXT    NOT NULL,
    status         TEXT    NOT NULL CHECK (status IN
        ('queued', 'running', 'cancelling', 'completed', 'failed', 'timeout', 'cancelled')),
    attempt        INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    started_at     INTEGER,
    finished_at    INTEGER,
    reason         TEXT,
    error          TEXT,
    exit_code      INTEGER,
    result_line    TEXT,
    stderr_tail    TEXT
) STRICT;

CREATE INDEX job_unfinished ON job (created_at) WHERE status IN ('queued', 'running', 'cancelling');

-- For start rates: who started when.
CREATE INDEX job_started ON job (started_at) WHERE started_at IS NOT NULL;

CREATE TABLE event (
    job_key  INTEGER NOT NULL REFERENCES job (key) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    type     TEXT    NOT NULL,
    data     TEXT    NOT NULL,
    line     TEXT,
    PRIMARY KEY (job_key, sequence)
) STRICT;
