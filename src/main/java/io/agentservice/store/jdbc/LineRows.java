package io.agentservice.store.jdbc;

import io.agentservice.job.JobId;
import io.agentservice.store.LinePage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The lines that events were read from. */
final class LineRows {

    private static final String PAGE =
            "SELECT sequence, line FROM event WHERE job_key = ? AND sequence > ? AND line IS NOT NULL ORDER BY sequence";

    private LineRows() {}

    static LinePage page(Connection connection, JobId id, long after, long maxBytes) throws SQLException {
        EventRows.Position position = EventRows.position(connection, id);
        List<String> lines = new ArrayList<>();
        long last = after;
        long bytes = 0;
        try (var statement = connection.prepareStatement(PAGE)) {
            statement.setLong(1, position.jobKey());
            statement.setLong(2, after);
            try (var row = statement.executeQuery()) {
                boolean more;
                while ((more = row.next()) && bytes < maxBytes) {
                    last = row.getLong("sequence");
                    lines.add(row.getString("line"));
                    bytes += 64 + lines.get(lines.size() - 1).length();
                }
                return new LinePage(lines, last, !more);
            }
        }
    }
}
