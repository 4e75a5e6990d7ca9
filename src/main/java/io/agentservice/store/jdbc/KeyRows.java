package io.agentservice.store.jdbc;

import io.agentservice.job.JobId;
import io.agentservice.store.RequestKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** The table {@code idempotency_key}: which request has made which job. */
final class KeyRows {

    /** A key is spent when it is old and its job has ended, or is gone. */
    private static final String SPENT = """
            created_at <= ? AND NOT EXISTS
                (SELECT 1 FROM job WHERE job.id = idempotency_key.job_id AND job.finished_at IS NULL)""";

    static final String FIND =
            "SELECT fingerprint, job_id FROM idempotency_key WHERE submitter = ? AND key = ? AND NOT (" + SPENT + ")";
    private static final String REPLACE = "DELETE FROM idempotency_key WHERE submitter = ? AND key = ? AND " + SPENT;
    private static final String INSERT = """
            INSERT INTO idempotency_key (submitter, key, fingerprint, job_id, created_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING""";
    static final String REMOVE = """
            DELETE FROM idempotency_key WHERE (submitter, key) IN
                (SELECT submitter, key FROM idempotency_key WHERE %s ORDER BY created_at LIMIT ?)""".formatted(SPENT);

    private static final String ANY = "SELECT 1 FROM idempotency_key WHERE " + SPENT + " LIMIT 1";

    private KeyRows() {}

    static Optional<RequestKey.Use> find(Connection connection, RequestKey key) throws SQLException {
        try (var statement = connection.prepareStatement(FIND)) {
            bind(statement, key);
            try (var row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new RequestKey.Use(row.getString(1), new JobId(row.getString(2))))
                        : Optional.empty();
            }
        }
    }

    /** @return what the key was used for before; empty if it was free and is now this job's */
    static Optional<RequestKey.Use> take(Connection connection, RequestKey key, JobId job) throws SQLException {
        try (var statement = connection.prepareStatement(REPLACE)) {
            bind(statement, key);
            statement.executeUpdate();
        }
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, key.submitter().name());
            statement.setString(2, key.key());
            statement.setString(3, key.fingerprint());
            statement.setString(4, job.value());
            statement.setLong(5, key.at().toEpochMilli());
            return statement.executeUpdate() == 1 ? Optional.empty() : find(connection, key);
        }
    }

    private static void bind(PreparedStatement statement, RequestKey key) throws SQLException {
        statement.setString(1, key.submitter().name());
        statement.setString(2, key.key());
        statement.setLong(3, key.expiry().toEpochMilli());
    }

    static boolean anySpent(Connection connection, Instant before) throws SQLException {
        try (var statement = connection.prepareStatement(ANY)) {
            statement.setLong(1, before.toEpochMilli());
            try (var row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** @return how many were removed */
    static int removeSpent(Connection connection, Instant before, int max) throws SQLException {
        try (var statement = connection.prepareStatement(REMOVE)) {
            statement.setLong(1, before.toEpochMilli());
            statement.setInt(2, max);
            return statement.executeUpdate();
        }
    }
}
