-- Loses an event of every job: what a migration must never do, and MigrationTest must notice.
DELETE FROM event WHERE sequence = 2;
