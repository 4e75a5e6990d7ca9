-- The changes of status of all jobs, numbered in the order of their commits: there is one writer. A number is never
-- used twice, even when the last row is gone, so whoever follows by it misses nothing. It goes with its job.
CREATE TABLE status_change (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    job_key  INTEGER NOT NULL REFERENCES job (key) ON DELETE CASCADE,
    sequence INTEGER NOT NULL
) STRICT;

CREATE INDEX status_change_job ON status_change (job_key);

-- Those of the version before, in the order in which they were recorded.
INSERT INTO status_change (job_key, sequence)
SELECT event.job_key, event.sequence
FROM event JOIN job ON job.key = event.job_key
WHERE event.type = 'status' AND job.removed_at IS NULL AND json_extract(event.data, '$.status') IS NOT NULL
ORDER BY json_extract(event.data, '$.at'), event.job_key, event.sequence;
