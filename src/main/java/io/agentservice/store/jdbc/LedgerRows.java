package io.agentservice.store.jdbc;

import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.RunCost;
import io.agentservice.job.RunCost.ModelCost;
import io.agentservice.job.Tokens;
import io.agentservice.store.LedgerEntry;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table {@code ledger}: what each run has cost, by model. */
final class LedgerRows {

    private static final String INSERT = """
            INSERT INTO ledger (job_id, attempt, agent, submitter, booked_at, model, input_tokens, output_tokens,
                                cache_read_tokens, cache_write_tokens, cache_write_hour_tokens, usd_nanos, estimated)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
    private static final String OF_JOB = "SELECT * FROM ledger WHERE job_id = ? ORDER BY key";
    private static final ModelCost NO_MODEL = new ModelCost(RunCost.UNKNOWN_MODEL, Tokens.NONE, BigDecimal.ZERO);

    private LedgerRows() {}

    /** @param job as it was while it ran */
    static void book(Connection connection, Job job, RunCost cost, Instant at) throws SQLException {
        List<ModelCost> rows = cost.models().isEmpty() ? List.of(NO_MODEL) : cost.models();
        try (var statement = connection.prepareStatement(INSERT)) {
            for (ModelCost row : rows) {
                statement.setString(1, job.id().value());
                statement.setInt(2, job.progress().attempt());
                statement.setString(3, job.spec().agent());
                statement.setString(4, job.submitter().name());
                statement.setLong(5, at.toEpochMilli());
                statement.setString(6, row.model().isEmpty() ? null : row.model());
                setTokens(statement, 7, row.tokens());
                statement.setLong(12, Nanos.of(row.usd()));
                statement.setBoolean(13, cost.estimated());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void setTokens(PreparedStatement statement, int from, Tokens tokens) throws SQLException {
        statement.setLong(from, tokens.input());
        statement.setLong(from + 1, tokens.output());
        statement.setLong(from + 2, tokens.cacheRead());
        statement.setLong(from + 3, tokens.cacheWrite());
        statement.setLong(from + 4, tokens.cacheWriteHour());
    }

    static List<LedgerEntry> of(Connection connection, JobId job) throws SQLException {
        try (var statement = connection.prepareStatement(OF_JOB)) {
            statement.setString(1, job.value());
            List<LedgerEntry> entries = new ArrayList<>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    entries.add(read(row));
                }
            }
            return entries;
        }
    }

    private static LedgerEntry read(ResultSet row) throws SQLException {
        var tokens = new Tokens(
                row.getLong("input_tokens"),
                row.getLong("output_tokens"),
                row.getLong("cache_read_tokens"),
                row.getLong("cache_write_tokens"),
                row.getLong("cache_write_hour_tokens"));
        return new LedgerEntry(
                row.getInt("attempt"),
                Optional.ofNullable(row.getString("model")),
                tokens,
                Nanos.usd(row.getLong("usd_nanos")),
                row.getBoolean("estimated"),
                Instant.ofEpochMilli(row.getLong("booked_at")));
    }
}
