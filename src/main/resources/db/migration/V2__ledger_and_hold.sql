-- Money is in billionths of a US dollar: whole numbers add up exactly.

-- Why a job that had begun is back in the queue, when it may go on, and how long it was made to wait in all.
ALTER TABLE job ADD COLUMN hold_reason TEXT;
ALTER TABLE job ADD COLUMN not_before INTEGER;
ALTER TABLE job ADD COLUMN parked_ms INTEGER NOT NULL DEFAULT 0;

-- What its runs have cost together.
ALTER TABLE job ADD COLUMN spent_nanos INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN spent_estimated INTEGER NOT NULL DEFAULT 0;

-- What each run has cost, a row for each model it asked; a run that asked none has one row without a model.
-- It refers to no job on purpose: it stays when the job is gone.
CREATE TABLE ledger (
    key                     INTEGER PRIMARY KEY,
    job_id                  TEXT    NOT NULL,
    attempt                 INTEGER NOT NULL,
    agent                   TEXT    NOT NULL,
    submitter               TEXT    NOT NULL,
    model                   TEXT,
    input_tokens            INTEGER NOT NULL,
    output_tokens           INTEGER NOT NULL,
    cache_read_tokens       INTEGER NOT NULL,
    cache_write_tokens      INTEGER NOT NULL,
    cache_write_hour_tokens INTEGER NOT NULL,
    usd_nanos               INTEGER NOT NULL,
    estimated               INTEGER NOT NULL,
    booked_at               INTEGER NOT NULL
) STRICT;

CREATE INDEX ledger_job ON ledger (job_id);
CREATE INDEX ledger_booked ON ledger (booked_at);

-- What the jobs of the version before have cost, as far as their results say.
UPDATE job SET spent_nanos = CAST(ROUND(json_extract(result_line, '$.total_cost_usd') * 1e9) AS INTEGER)
WHERE result_line IS NOT NULL AND json_type(result_line, '$.total_cost_usd') IN ('integer', 'real');

INSERT INTO ledger (job_id, attempt, agent, submitter, model, input_tokens, output_tokens, cache_read_tokens,
                    cache_write_tokens, cache_write_hour_tokens, usd_nanos, estimated, booked_at)
SELECT id, attempt, agent, submitter, NULL, 0, 0, 0, 0, 0, spent_nanos, 0, finished_at
FROM job WHERE finished_at IS NOT NULL AND started_at IS NOT NULL;
