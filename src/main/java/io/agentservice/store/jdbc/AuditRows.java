package io.agentservice.store.jdbc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.job.JobId;
import io.agentservice.store.AuditEntry;
import io.agentservice.store.AuditPage;
import io.agentservice.store.AuditQuery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The table {@code audit}. */
final class AuditRows {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INSERT = "INSERT INTO audit (at, who, action, job_id, details) VALUES (?, ?, ?, ?, ?)";
    private static final String ANY = "SELECT 1 FROM audit WHERE at < ? LIMIT 1";
    private static final String ALLOW = "UPDATE audit_retention SET before = ? WHERE before < ?";
    private static final String FORGET =
            "DELETE FROM audit WHERE position IN (SELECT position FROM audit WHERE at < ? ORDER BY at LIMIT ?)";

    private AuditRows() {}

    static void insert(Connection connection, AuditEntry entry) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setLong(1, entry.at().toEpochMilli());
            statement.setString(2, entry.who());
            statement.setString(3, entry.action().wireName());
            if (entry.job().isPresent()) {
                statement.setString(4, entry.job().get().value());
            } else {
                statement.setNull(4, Types.VARCHAR);
            }
            statement.setString(5, encode(entry.details()));
            statement.executeUpdate();
        }
    }

    static AuditPage page(Connection connection, AuditQuery query) throws SQLException {
        var sql = new StringBuilder("SELECT position, at, who, action, job_id, details FROM audit WHERE TRUE");
        List<Object> values = new ArrayList<>();
        var filter = query.filter();
        filter.who().ifPresent(who -> add(sql, values, " AND who = ?", who));
        filter.action().ifPresent(action -> add(sql, values, " AND action = ?", action.wireName()));
        filter.job().ifPresent(job -> add(sql, values, " AND job_id = ?", job.value()));
        filter.since().ifPresent(since -> add(sql, values, " AND at >= ?", since.toEpochMilli()));
        filter.until().ifPresent(until -> add(sql, values, " AND at < ?", until.toEpochMilli()));
        query.before().ifPresent(before -> add(sql, values, " AND position < ?", before));
        add(sql, values, " ORDER BY position DESC LIMIT ?", query.limit() + 1);
        try (var statement = connection.prepareStatement(sql.toString())) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            return page(statement, query.limit());
        }
    }

    private static void add(StringBuilder sql, List<Object> values, String text, Object value) {
        sql.append(text);
        values.add(value);
    }

    private static AuditPage page(PreparedStatement statement, int limit) throws SQLException {
        List<AuditPage.Recorded> entries = new ArrayList<>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                if (entries.size() == limit) {
                    return new AuditPage(
                            entries, OptionalLong.of(entries.get(limit - 1).position()));
                }
                entries.add(new AuditPage.Recorded(row.getLong(1), read(row)));
            }
        }
        return new AuditPage(entries, OptionalLong.empty());
    }

    private static AuditEntry read(ResultSet row) throws SQLException {
        return new AuditEntry(
                Instant.ofEpochMilli(row.getLong(2)),
                row.getString(3),
                AuditEntry.Action.fromWireName(row.getString(4)).orElseThrow(),
                Optional.ofNullable(row.getString(5)).map(JobId::new),
                decode(row.getString(6)));
    }

    static boolean any(Connection connection, Instant before) throws SQLException {
        try (var statement = connection.prepareStatement(ANY)) {
            statement.setLong(1, before.toEpochMilli());
            try (var row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** @return how many were forgotten */
    static int forget(Connection connection, Instant before, int max) throws SQLException {
        try (var allow = connection.prepareStatement(ALLOW);
                var forget = connection.prepareStatement(FORGET)) {
            allow.setLong(1, before.toEpochMilli());
            allow.setLong(2, before.toEpochMilli());
            allow.executeUpdate();
            forget.setLong(1, before.toEpochMilli());
            forget.setInt(2, max);
            return forget.executeUpdate();
        }
    }

    private static String encode(Map<String, String> details) {
        try {
            return JSON.writeValueAsString(new TreeMap<>(details));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("names and texts are JSON", e);
        }
    }

    private static Map<String, String> decode(String details) {
        try {
            return JSON.readValue(details, new TypeReference<TreeMap<String, String>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was stored is JSON", e);
        }
    }
}
