-- What is counted for good, so that metrics are right after a restart and do not fall when old jobs are removed. Added to
-- in the transaction that stores what they count. Only so many agents and models have rows of their own; all others are
-- 'other', so that a table that is read for every scrape stays small.

-- How often jobs have taken each status. A job that is queued for a reason was put back.
CREATE TABLE status_total (
    agent   TEXT    NOT NULL,
    status  TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    times   INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (agent, status, reason)
) STRICT, WITHOUT ROWID;

-- What the ledger adds up to.
CREATE TABLE cost_total (
    agent                   TEXT    NOT NULL,
    model                   TEXT    NOT NULL,
    input_tokens            INTEGER NOT NULL,
    output_tokens           INTEGER NOT NULL,
    cache_read_tokens       INTEGER NOT NULL,
    cache_write_tokens      INTEGER NOT NULL,
    cache_write_hour_tokens INTEGER NOT NULL,
    usd_nanos               INTEGER NOT NULL,
    PRIMARY KEY (agent, model)
) STRICT, WITHOUT ROWID;

-- Those of the version before. Of jobs that are gone only the money is known.
CREATE TEMP TABLE known_agent AS
SELECT agent FROM job GROUP BY agent ORDER BY COUNT(*) DESC, agent LIMIT 100;

CREATE TEMP TABLE known_model AS
SELECT model FROM ledger WHERE model IS NOT NULL GROUP BY model ORDER BY COUNT(*) DESC, model LIMIT 20;

INSERT INTO status_total (agent, status, reason, times, last_at)
SELECT CASE WHEN job.agent IN (SELECT agent FROM known_agent) THEN job.agent ELSE 'other' END,
       json_extract(event.data, '$.status'),
       COALESCE(json_extract(event.data, '$.reason'), ''),
       COUNT(*),
       MAX(COALESCE(job.finished_at, job.started_at, job.created_at))
FROM status_change
JOIN event ON event.job_key = status_change.job_key AND event.sequence = status_change.sequence
JOIN job ON job.key = status_change.job_key
WHERE json_extract(event.data, '$.status') IS NOT NULL
GROUP BY 1, 2, 3;

-- A sum that an agent forged may be too large for a whole number: SUM() would break off the upgrade.
INSERT INTO cost_total (agent, model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
                        cache_write_hour_tokens, usd_nanos)
SELECT CASE WHEN agent IN (SELECT agent FROM known_agent) THEN agent ELSE 'other' END,
       CASE WHEN model IS NULL THEN '' WHEN model IN (SELECT model FROM known_model) THEN model ELSE 'other' END,
       CAST(MIN(TOTAL(input_tokens), 9e18) AS INTEGER), CAST(MIN(TOTAL(output_tokens), 9e18) AS INTEGER),
       CAST(MIN(TOTAL(cache_read_tokens), 9e18) AS INTEGER), CAST(MIN(TOTAL(cache_write_tokens), 9e18) AS INTEGER),
       CAST(MIN(TOTAL(cache_write_hour_tokens), 9e18) AS INTEGER), CAST(MIN(TOTAL(usd_nanos), 9e18) AS INTEGER)
FROM ledger
GROUP BY 1, 2;

DROP TABLE temp.known_agent;
DROP TABLE temp.known_model;
