package io.agentservice.store.jdbc;

import io.agentservice.job.JobId;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.store.EventDraft;
import io.agentservice.store.EventJson;
import io.agentservice.store.EventPage;
import io.agentservice.store.JobGoneException;
import io.agentservice.store.RunRecord;
import io.agentservice.store.StoredEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table {@code event}: what happened in each job, numbered without gaps. */
final class EventRows {

    private static final String INSERT =
            "INSERT INTO event (job_key, sequence, type, data, line) VALUES (?, ?, ?, ?, ?)";
    private static final String PAGE =
            "SELECT sequence, type, data FROM event WHERE job_key = ? AND sequence > ? ORDER BY sequence";
    private static final String POSITION = """
            SELECT key, status, COALESCE((SELECT MAX(sequence) FROM event WHERE job_key = key), 0) AS last
            FROM job WHERE id = ? AND removed_at IS NULL""";

    private static final String LAST_START = """
            SELECT sequence, json_extract(data, '$.at') AS at FROM event
            WHERE job_key = ? AND type = 'status' AND json_extract(data, '$.status') = 'running'
            ORDER BY sequence DESC LIMIT 1""";
    private static final String ACCOUNT = """
            SELECT line FROM event
            WHERE job_key = ? AND sequence > ? AND type IN ('result', 'usage', 'rate_limit') AND line IS NOT NULL
            ORDER BY sequence""";

    private EventRows() {}

    /**
     * Where a job's events stand.
     *
     * @param last the sequence of its last event, 0 if it has none
     */
    record Position(long jobKey, JobStatus status, long last) {}

    static Position position(Connection connection, JobId id) throws SQLException {
        try (var statement = connection.prepareStatement(POSITION)) {
            statement.setString(1, id.value());
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    throw missing(id, RemovedRows.find(connection, id));
                }
                return new Position(
                        row.getLong("key"), JobStatus.fromWireName(row.getString("status")), row.getLong("last"));
            }
        }
    }

    private static RuntimeException missing(JobId id, Optional<Instant> removedAt) {
        return removedAt.isPresent()
                ? new JobGoneException(id, removedAt)
                : new IllegalArgumentException("there is no job " + id);
    }

    /** @return the sequence of the last event */
    static long append(Connection connection, Position position, List<EventDraft> events, Instant at)
            throws SQLException {
        long sequence = position.last();
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (EventDraft draft : events) {
                statement.setLong(1, position.jobKey());
                statement.setLong(2, ++sequence);
                statement.setString(3, draft.event().type());
                statement.setString(4, EventJson.encode(draft.event(), at).text());
                statement.setString(5, draft.line().orElse(null));
                statement.addBatch();
            }
            statement.executeBatch();
        }
        return sequence;
    }

    /** Reads the position first: if the job is final there, every event of it is in what is read next. */
    static EventPage page(Connection connection, JobId id, long wanted, long maxBytes) throws SQLException {
        Position position = position(connection, id);
        // Whoever claims to have seen what is not there yet, gets what comes next.
        long after = Math.min(wanted, position.last());
        List<StoredEvent> events = new ArrayList<>();
        if (after < position.last()) {
            read(connection, position.jobKey(), after, maxBytes, events);
        }
        long last = events.isEmpty() ? after : events.get(events.size() - 1).sequence();
        boolean complete = last >= position.last();
        return new EventPage(
                events, after, complete, complete && position.status().isFinal());
    }

    private static void read(Connection connection, long jobKey, long after, long maxBytes, List<StoredEvent> into)
            throws SQLException {
        try (var statement = connection.prepareStatement(PAGE)) {
            statement.setLong(1, jobKey);
            statement.setLong(2, after);
            long bytes = 0;
            try (var row = statement.executeQuery()) {
                while (bytes < maxBytes && row.next()) {
                    var event = new StoredEvent(
                            row.getLong("sequence"), row.getString("type"), new Json(row.getString("data")));
                    into.add(event);
                    bytes += 64 + event.data().text().length();
                }
            }
        }
    }

    /** @throws IllegalArgumentException if the job was never started */
    static RunRecord lastRun(Connection connection, JobId id) throws SQLException {
        long jobKey = position(connection, id).jobKey();
        try (var statement = connection.prepareStatement(LAST_START)) {
            statement.setLong(1, jobKey);
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalArgumentException("job %s was never started".formatted(id));
                }
                return new RunRecord(
                        Instant.parse(row.getString("at")), account(connection, jobKey, row.getLong("sequence")));
            }
        }
    }

    private static List<String> account(Connection connection, long jobKey, long after) throws SQLException {
        try (var statement = connection.prepareStatement(ACCOUNT)) {
            statement.setLong(1, jobKey);
            statement.setLong(2, after);
            List<String> lines = new ArrayList<>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    lines.add(row.getString("line"));
                }
            }
            return lines;
        }
    }
}
