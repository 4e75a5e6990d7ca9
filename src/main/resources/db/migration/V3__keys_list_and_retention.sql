-- A key outlives its job, so that a request that is sent again never runs twice: no reference.
CREATE TABLE idempotency_key (
    submitter   TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    job_id      TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (submitter, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_key_age ON idempotency_key (created_at);

-- When a removal of the job was begun: nobody sees it any more, but its events are still being deleted.
ALTER TABLE job ADD COLUMN removed_at INTEGER;

CREATE INDEX job_ended ON job (finished_at) WHERE finished_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX job_half_removed ON job (removed_at) WHERE removed_at IS NOT NULL;

-- What was there once.
CREATE TABLE removed_job (
    id         TEXT    NOT NULL PRIMARY KEY,
    removed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX removed_job_age ON removed_job (removed_at);

-- For lists, newest first: each index ends with the row's key, so a page begins where the last one ended.
CREATE INDEX job_created ON job (created_at);
CREATE INDEX job_by_status ON job (status, created_at);
CREATE INDEX job_by_agent ON job (agent, created_at);
CREATE INDEX job_by_agent_and_status ON job (agent, status, created_at);

-- The strings, numbers and booleans at the top of a job's metadata, as text.
CREATE TABLE job_metadata (
    name       TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    job_key    INTEGER NOT NULL REFERENCES job (key) ON DELETE CASCADE,
    PRIMARY KEY (name, value, created_at, job_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_metadata_job ON job_metadata (job_key);

INSERT INTO job_metadata (name, value, created_at, job_key)
SELECT entry.key,
       CASE entry.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(entry.value AS TEXT) END,
       job.created_at,
       job.key
FROM job, json_each(job.metadata) AS entry
WHERE entry.type IN ('text', 'integer', 'real', 'true', 'false')
  AND length(entry.key) <= 256
  AND length(CAST(entry.value AS TEXT)) <= 256;
