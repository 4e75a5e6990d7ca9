package io.agentservice.store.jdbc;

import io.agentservice.job.JobId;
import io.agentservice.job.Json;
import io.agentservice.job.Submitter;
import io.agentservice.store.StatusChange;
import io.agentservice.store.StatusChangePage;
import io.agentservice.store.StoredEvent;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The table {@code status_change}: which event of which job was the next change of a status. */
final class StatusChangeRows {

    private static final String INSERT = "INSERT INTO status_change (job_key, sequence) VALUES (?, ?)";
    /** Also where the rows are gone. There is no row before the first change. */
    private static final String LAST = "SELECT seq FROM sqlite_sequence WHERE name = 'status_change'";
    // Not a plain JOIN: the order of the tables is the order of the feed.
    static final String PAGE = """
            SELECT change.position, job.id, job.agent, job.submitter, job.metadata, event.sequence, event.type, event.data
            FROM status_change AS change
                CROSS JOIN job ON job.key = change.job_key
                CROSS JOIN event ON event.job_key = change.job_key AND event.sequence = change.sequence
            WHERE change.position > ? AND job.removed_at IS NULL ORDER BY change.position""";

    private StatusChangeRows() {}

    static void append(Connection connection, long jobKey, long sequence) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setLong(1, jobKey);
            statement.setLong(2, sequence);
            statement.executeUpdate();
        }
    }

    /** @return the position of the last change there was; 0 if there was none */
    static long last(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(LAST);
                var row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    static StatusChangePage page(Connection connection, long wanted, long maxBytes) throws SQLException {
        // Whoever claims to have seen what is not there yet, gets what comes next.
        long after = Math.min(wanted, last(connection));
        List<StatusChange> changes = new ArrayList<>();
        try (var statement = connection.prepareStatement(PAGE)) {
            statement.setLong(1, after);
            long bytes = 0;
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    if (bytes >= maxBytes) {
                        return new StatusChangePage(changes, after, false);
                    }
                    StatusChange change = read(row);
                    changes.add(change);
                    bytes += 256
                            + change.event().data().text().length()
                            + change.job().metadata().text().length();
                }
            }
        }
        return new StatusChangePage(changes, after, true);
    }

    private static StatusChange read(ResultSet row) throws SQLException {
        var metadata = new Json(row.getString("metadata"));
        return new StatusChange(
                row.getLong("position"),
                new StatusChange.Subject(
                        new JobId(row.getString("id")),
                        row.getString("agent"),
                        new Submitter(row.getString("submitter")),
                        metadata,
                        MetadataRows.entries(metadata.text())),
                new StoredEvent(row.getLong("sequence"), row.getString("type"), new Json(row.getString("data"))));
    }
}
