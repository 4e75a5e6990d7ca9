-- The form that the job's result must have; null for words.
ALTER TABLE job ADD COLUMN json_schema TEXT;
