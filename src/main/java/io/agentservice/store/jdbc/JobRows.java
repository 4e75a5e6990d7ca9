package io.agentservice.store.jdbc;

import io.agentservice.job.FailureReason;
import io.agentservice.job.Hold;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobSpec;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Outcome;
import io.agentservice.job.Spending;
import io.agentservice.job.Submitter;
import io.agentservice.job.TraceContext;
import io.agentservice.store.JobStore;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The table {@code job}: one row is one {@link Job}. */
final class JobRows {

    private static final String INSERT = """
            INSERT INTO job (id, agent, submitter, prompt, model, max_budget_usd, timeout_ms, metadata, session_id,
                             status, attempt, version, created_at, priority, concurrency_key, repository, ref,
                             json_schema, traceparent)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
    private static final String UPDATE = """
            UPDATE job SET status = ?, attempt = ?, version = ?, started_at = ?, finished_at = ?, reason = ?, error = ?,
                           exit_code = ?, result_line = ?, stderr_tail = ?, hold_reason = ?, not_before = ?,
                           parked_ms = ?, spent_nanos = ?, spent_estimated = ?
            WHERE id = ? AND version = ?""";

    private static final String UNFINISHED =
            "SELECT * FROM job WHERE status IN ('queued', 'running', 'cancelling') ORDER BY created_at, key";
    private static final String STARTS = "SELECT agent, started_at FROM job WHERE started_at >= ? ORDER BY started_at";

    private JobRows() {}

    static void insert(Connection connection, Job job) throws SQLException {
        JobSpec spec = job.spec();
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, job.id().value());
            statement.setString(2, spec.agent());
            statement.setString(3, job.submitter().name());
            statement.setString(4, spec.prompt());
            statement.setString(5, spec.model().orElse(null));
            statement.setString(6, spec.limits().maxBudgetUsd().toPlainString());
            statement.setLong(7, spec.limits().timeout().toMillis());
            statement.setString(8, spec.metadata().text());
            statement.setString(9, job.sessionId());
            statement.setString(10, job.status().wireName());
            statement.setInt(11, job.progress().attempt());
            statement.setLong(12, job.progress().version());
            statement.setLong(13, job.progress().createdAt().toEpochMilli());
            statement.setInt(14, spec.placement().priority());
            statement.setString(15, spec.placement().concurrencyKey().orElse(null));
            statement.setString(16, spec.source().repository().orElse(null));
            statement.setString(17, spec.source().ref().orElse(null));
            statement.setString(18, spec.answer().schema().map(Json::text).orElse(null));
            statement.setString(19, spec.trace().map(TraceContext::toString).orElse(null));
            statement.executeUpdate();
        }
    }

    /** @return whether the job was still at {@code version} */
    static boolean update(Connection connection, Job job, long version) throws SQLException {
        Job.Progress progress = job.progress();
        try (var statement = connection.prepareStatement(UPDATE)) {
            statement.setString(1, progress.status().wireName());
            statement.setInt(2, progress.attempt());
            statement.setLong(3, progress.version());
            setInstant(statement, 4, progress.startedAt());
            setInstant(statement, 5, progress.finishedAt());
            setOutcome(statement, 6, job.outcome());
            setHold(statement, 11, progress.hold());
            statement.setLong(14, Nanos.of(progress.spending().usd()));
            statement.setBoolean(15, progress.spending().estimated());
            statement.setString(16, job.id().value());
            statement.setLong(17, version);
            return statement.executeUpdate() == 1;
        }
    }

    private static void setOutcome(PreparedStatement statement, int from, Optional<Outcome> outcome)
            throws SQLException {
        statement.setString(
                from,
                outcome.flatMap(Outcome::reason).map(FailureReason::wireName).orElse(null));
        statement.setString(from + 1, outcome.flatMap(Outcome::error).orElse(null));
        OptionalInt exitCode = outcome.map(Outcome::exitCode).orElse(OptionalInt.empty());
        if (exitCode.isPresent()) {
            statement.setInt(from + 2, exitCode.getAsInt());
        } else {
            statement.setNull(from + 2, Types.INTEGER);
        }
        statement.setString(
                from + 3, outcome.flatMap(Outcome::resultLine).map(Json::text).orElse(null));
        statement.setString(from + 4, outcome.map(Outcome::stderrTail).orElse(null));
    }

    private static void setHold(PreparedStatement statement, int from, Hold hold) throws SQLException {
        statement.setString(from, hold.reason().map(FailureReason::wireName).orElse(null));
        setInstant(statement, from + 1, hold.notBefore());
        statement.setLong(from + 2, hold.parked().toMillis());
    }

    private static void setInstant(PreparedStatement statement, int index, Optional<Instant> instant)
            throws SQLException {
        if (instant.isPresent()) {
            statement.setLong(index, instant.get().toEpochMilli());
        } else {
            statement.setNull(index, Types.INTEGER);
        }
    }

    static Job read(ResultSet row) throws SQLException {
        var limits = new JobSpec.Limits(
                new BigDecimal(row.getString("max_budget_usd")), Duration.ofMillis(row.getLong("timeout_ms")));
        var spec = new JobSpec(
                row.getString("prompt"),
                row.getString("agent"),
                new JobSpec.Answer(
                        Optional.ofNullable(row.getString("model")),
                        Optional.ofNullable(row.getString("json_schema")).map(Json::new)),
                limits,
                new JobSpec.Placement(row.getInt("priority"), Optional.ofNullable(row.getString("concurrency_key"))),
                new Json(row.getString("metadata")),
                new JobSpec.Source(
                        Optional.ofNullable(row.getString("repository")), Optional.ofNullable(row.getString("ref"))),
                Optional.ofNullable(row.getString("traceparent")).flatMap(TraceContext::parse));
        Job.Progress progress = progress(row);
        return new Job(
                new JobId(row.getString("id")),
                spec,
                new Submitter(row.getString("submitter")),
                row.getString("session_id"),
                progress,
                progress.status().isFinal() ? Optional.of(outcome(row, progress.status())) : Optional.empty());
    }

    private static Job.Progress progress(ResultSet row) throws SQLException {
        var times = new Job.Times(
                Instant.ofEpochMilli(row.getLong("created_at")),
                instant(row, "started_at"),
                instant(row, "finished_at"));
        var hold = new Hold(
                Optional.ofNullable(row.getString("hold_reason")).map(FailureReason::fromWireName),
                instant(row, "not_before"),
                Duration.ofMillis(row.getLong("parked_ms")));
        return new Job.Progress(
                JobStatus.fromWireName(row.getString("status")),
                row.getInt("attempt"),
                row.getLong("version"),
                times,
                new Spending(Nanos.usd(row.getLong("spent_nanos")), row.getBoolean("spent_estimated")),
                hold);
    }

    private static Outcome outcome(ResultSet row, JobStatus status) throws SQLException {
        int exitCode = row.getInt("exit_code");
        OptionalInt exit = row.wasNull() ? OptionalInt.empty() : OptionalInt.of(exitCode);
        return new Outcome(
                status,
                Optional.ofNullable(row.getString("reason")).map(FailureReason::fromWireName),
                Optional.ofNullable(row.getString("error")),
                exit,
                Optional.ofNullable(row.getString("result_line")).map(Json::new),
                Optional.ofNullable(row.getString("stderr_tail")).orElse(""));
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    static List<Job> unfinished(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(UNFINISHED);
                var row = statement.executeQuery()) {
            List<Job> jobs = new ArrayList<>();
            while (row.next()) {
                jobs.add(read(row));
            }
            return jobs;
        }
    }

    static List<JobStore.Start> startsSince(Connection connection, Instant since) throws SQLException {
        try (var statement = connection.prepareStatement(STARTS)) {
            statement.setLong(1, since.toEpochMilli());
            List<JobStore.Start> starts = new ArrayList<>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    starts.add(new JobStore.Start(row.getString(1), Instant.ofEpochMilli(row.getLong(2))));
                }
            }
            return starts;
        }
    }
}
