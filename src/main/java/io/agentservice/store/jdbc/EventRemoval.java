package io.agentservice.store.jdbc;

import io.agentservice.job.JobId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;

/** One piece of work of the removal of jobs: as many of their events as one write may delete. */
final class EventRemoval {

    // Either keeps a piece to a few milliseconds: many small rows, or few that fill many pages.
    private static final int MAX_ROWS = 250;
    private static final long MAX_BYTES = 256 * 1024;

    private static final String KEY = "SELECT key FROM job WHERE id = ? AND removed_at IS NOT NULL";
    /** The length in bytes is read without the text. */
    static final String NEXT = """
            SELECT sequence, octet_length(data) + COALESCE(octet_length(line), 0) FROM event
            WHERE job_key = ? ORDER BY sequence LIMIT ?""";

    static final String DELETE = "DELETE FROM event WHERE job_key = ? AND sequence <= ?";

    private final Connection connection;
    private int rows = MAX_ROWS;
    private long bytes = MAX_BYTES;

    EventRemoval(Connection connection) {
        this.connection = connection;
    }

    /** @return the jobs that may have more events */
    List<JobId> of(List<JobId> jobs) throws SQLException {
        for (int i = 0; i < jobs.size(); i++) {
            OptionalLong key = key(jobs.get(i));
            if (key.isPresent()) {
                remove(key.getAsLong());
            }
            if (rows <= 0 || bytes <= 0) {
                return List.copyOf(jobs.subList(i, jobs.size()));
            }
        }
        return List.of();
    }

    private OptionalLong key(JobId job) throws SQLException {
        try (var statement = connection.prepareStatement(KEY)) {
            statement.setString(1, job.value());
            try (var row = statement.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    private void remove(long jobKey) throws SQLException {
        long last = last(jobKey);
        try (var statement = connection.prepareStatement(DELETE)) {
            statement.setLong(1, jobKey);
            statement.setLong(2, last);
            statement.executeUpdate();
        }
    }

    /** The last event that this piece still has room for; one that is too large goes alone. */
    private long last(long jobKey) throws SQLException {
        long last = 0;
        try (var statement = connection.prepareStatement(NEXT)) {
            statement.setLong(1, jobKey);
            statement.setInt(2, rows);
            try (var row = statement.executeQuery()) {
                while (bytes > 0 && row.next()) {
                    last = row.getLong(1);
                    bytes -= row.getLong(2);
                    rows--;
                }
            }
        }
        return last;
    }
}
