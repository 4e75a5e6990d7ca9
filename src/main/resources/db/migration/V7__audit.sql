-- Who did what, and who was refused. Rows are added and never changed; they go only by age, and only those from before
-- the time that audit_retention names. The triggers hold every program that opens this file to it.
CREATE TABLE audit (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    who      TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    job_id   TEXT,
    details  TEXT    NOT NULL
) STRICT;

-- The first also counts the jobs that a submitter handed in.
CREATE INDEX audit_by_who ON audit (who, action, at);
CREATE INDEX audit_by_job ON audit (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX audit_age ON audit (at);

CREATE TABLE audit_retention (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    before INTEGER NOT NULL
) STRICT;

INSERT INTO audit_retention (one, before) VALUES (1, 0);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to');
END;

-- INSERT OR REPLACE would remove a row without a DELETE.
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE position = NEW.position)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to');
END;

CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN OLD.at >= (SELECT before FROM audit_retention)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to');
END;

CREATE TRIGGER audit_retention_goes_forward BEFORE UPDATE ON audit_retention
WHEN NEW.before < OLD.before
BEGIN
    SELECT RAISE(ABORT, 'what may go from the audit log only grows');
END;

CREATE TRIGGER audit_retention_stays BEFORE DELETE ON audit_retention
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to');
END;

-- How many jobs of a submitter have not ended.
CREATE INDEX job_unfinished_by_submitter ON job (submitter) WHERE status IN ('queued', 'running', 'cancelling');
-- Lists of those who see their own jobs only.
CREATE INDEX job_by_submitter ON job (submitter, created_at);
CREATE INDEX job_by_submitter_and_status ON job (submitter, status, created_at);

-- Whose job it was: others are not told that there was one. Not known of those that went before.
ALTER TABLE removed_job ADD COLUMN submitter TEXT;
