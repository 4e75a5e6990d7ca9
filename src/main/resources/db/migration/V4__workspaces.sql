-- What of a repository a job works on; null leaves it to the agent's policy.
ALTER TABLE job ADD COLUMN repository TEXT;
ALTER TABLE job ADD COLUMN ref TEXT;
