package io.agentservice.store.jdbc;

import io.agentservice.job.Allowance;
import io.agentservice.job.Job;
import io.agentservice.job.Submitter;
import io.agentservice.store.AllowanceSpentException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/**
 * Counts what a submitter has. In the transaction that stores its next job, so that of two at once only one gets the
 * last place, and from the disk, so that a restart forgets nothing.
 */
final class AllowanceRows {

    private static final Duration HOUR = Duration.ofHours(1);

    private static final String UNFINISHED =
            "SELECT COUNT(*) FROM job WHERE submitter = ? AND status IN ('queued', 'running', 'cancelling')";
    /** By the audit log, which also knows of the jobs that are gone. */
    static final String NTH_LATEST = """
            SELECT at FROM audit WHERE who = ? AND action = 'submitted' AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?""";

    private AllowanceRows() {}

    /** @throws AllowanceSpentException if it may not have this job, too */
    static void require(Connection connection, Job job, Allowance allowance) throws SQLException {
        if (allowance.unfinished().isPresent()) {
            requireUnfinished(
                    connection, job.submitter(), allowance.unfinished().getAsInt());
        }
        if (allowance.perHour().isPresent()) {
            requireHour(connection, job, allowance.perHour().getAsInt());
        }
    }

    private static void requireUnfinished(Connection connection, Submitter submitter, int max) throws SQLException {
        try (var statement = connection.prepareStatement(UNFINISHED)) {
            statement.setString(1, submitter.name());
            try (var row = statement.executeQuery()) {
                if (row.next() && row.getInt(1) >= max) {
                    throw AllowanceSpentException.unfinished(submitter, max);
                }
            }
        }
    }

    private static void requireHour(Connection connection, Job job, int max) throws SQLException {
        Instant now = job.progress().createdAt();
        try (var statement = connection.prepareStatement(NTH_LATEST)) {
            statement.setString(1, job.submitter().name());
            statement.setLong(2, now.minus(HOUR).toEpochMilli());
            statement.setInt(3, max - 1);
            try (var row = statement.executeQuery()) {
                if (row.next()) {
                    Instant nextAt = Instant.ofEpochMilli(row.getLong(1)).plus(HOUR);
                    throw AllowanceSpentException.perHour(job.submitter(), max, nextAt);
                }
            }
        }
    }
}
