package io.agentservice.store.jdbc;

import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobStatus;
import io.agentservice.job.RunCost;
import io.agentservice.job.RunCost.ModelCost;
import io.agentservice.job.Tokens;
import io.agentservice.store.Labels;
import io.agentservice.store.Totals;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The tables {@code status_total} and {@code cost_total}: what is counted for good. */
final class TotalRows {

    /** A sum that an agent forged must not keep its job from its end: what has no room as a whole number stays below. */
    private static final long MOST = 9_000_000_000_000_000_000L;

    static final String COUNT = """
            INSERT INTO status_total (agent, status, reason, times, last_at) VALUES (?, ?, ?, 1, ?)
            ON CONFLICT DO UPDATE SET times = times + 1, last_at = excluded.last_at""";
    static final String BOOK = """
            INSERT INTO cost_total (agent, model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
                                    cache_write_hour_tokens, usd_nanos)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET
                input_tokens = MIN(input_tokens + excluded.input_tokens, %1$d),
                output_tokens = MIN(output_tokens + excluded.output_tokens, %1$d),
                cache_read_tokens = MIN(cache_read_tokens + excluded.cache_read_tokens, %1$d),
                cache_write_tokens = MIN(cache_write_tokens + excluded.cache_write_tokens, %1$d),
                cache_write_hour_tokens = MIN(cache_write_hour_tokens + excluded.cache_write_hour_tokens, %1$d),
                usd_nanos = MIN(usd_nanos + excluded.usd_nanos, %1$d)""".formatted(MOST);
    private static final String STATUSES = "SELECT * FROM status_total";
    private static final String COSTS = "SELECT * FROM cost_total";

    private final Labels labels;

    TotalRows(Labels labels) {
        this.labels = labels;
    }

    /** A job has the status that it has now. */
    void count(Connection connection, Job job, Instant at) throws SQLException {
        JobEvent.Status step = JobEvent.Status.of(job);
        try (var statement = connection.prepareStatement(COUNT)) {
            statement.setString(1, labels.agent(job.spec().agent()));
            statement.setString(2, step.status().wireName());
            statement.setString(3, step.reason().map(FailureReason::wireName).orElse(""));
            statement.setLong(4, at.toEpochMilli());
            statement.executeUpdate();
        }
    }

    void book(Connection connection, Job job, RunCost cost) throws SQLException {
        try (var statement = connection.prepareStatement(BOOK)) {
            for (ModelCost row : cost.models()) {
                Tokens tokens = row.tokens();
                statement.setString(1, labels.agent(job.spec().agent()));
                statement.setString(2, labels.model(row.model()));
                statement.setLong(3, bounded(tokens.input()));
                statement.setLong(4, bounded(tokens.output()));
                statement.setLong(5, bounded(tokens.cacheRead()));
                statement.setLong(6, bounded(tokens.cacheWrite()));
                statement.setLong(7, bounded(tokens.cacheWriteHour()));
                statement.setLong(8, bounded(Nanos.of(row.usd())));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static long bounded(long sum) {
        return Math.max(0, Math.min(sum, MOST));
    }

    static Totals read(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            List<Totals.StatusTotal> statuses = new ArrayList<>();
            try (var row = statement.executeQuery(STATUSES)) {
                while (row.next()) {
                    statuses.add(status(row));
                }
            }
            List<Totals.CostTotal> costs = new ArrayList<>();
            try (var row = statement.executeQuery(COSTS)) {
                while (row.next()) {
                    costs.add(cost(row));
                }
            }
            return new Totals(statuses, costs);
        }
    }

    private static Totals.StatusTotal status(ResultSet row) throws SQLException {
        return new Totals.StatusTotal(
                row.getString("agent"),
                JobStatus.fromWireName(row.getString("status")),
                Optional.of(row.getString("reason")).filter(reason -> !reason.isEmpty()),
                row.getLong("times"),
                Instant.ofEpochMilli(row.getLong("last_at")));
    }

    private static Totals.CostTotal cost(ResultSet row) throws SQLException {
        var tokens = new Tokens(
                row.getLong("input_tokens"),
                row.getLong("output_tokens"),
                row.getLong("cache_read_tokens"),
                row.getLong("cache_write_tokens"),
                row.getLong("cache_write_hour_tokens"));
        return new Totals.CostTotal(
                row.getString("agent"), row.getString("model"), tokens, Nanos.usd(row.getLong("usd_nanos")));
    }
}
