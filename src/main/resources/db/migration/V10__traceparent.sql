-- Where in a trace a job was asked for, as W3C Trace Context writes it; null if in none.
ALTER TABLE job ADD COLUMN traceparent TEXT;
