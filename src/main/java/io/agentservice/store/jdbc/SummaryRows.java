package io.agentservice.store.jdbc;

import io.agentservice.job.FailureReason;
import io.agentservice.job.JobId;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.store.JobSummary;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** The columns of a job that a list shows. */
final class SummaryRows {

    private SummaryRows() {}

    static JobSummary read(ResultSet row) throws SQLException {
        var course = new JobSummary.Course(
                JobStatus.fromWireName(row.getString("status")),
                row.getInt("attempt"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                instant(row, "started_at"),
                instant(row, "finished_at"));
        return new JobSummary(
                new JobId(row.getString("id")),
                row.getString("agent"),
                Optional.ofNullable(row.getString("model")),
                new Json(row.getString("metadata")),
                course,
                course.status().isFinal() ? Optional.of(end(row)) : Optional.empty());
    }

    private static JobSummary.End end(ResultSet row) throws SQLException {
        int exitCode = row.getInt("exit_code");
        OptionalInt exit = row.wasNull() ? OptionalInt.empty() : OptionalInt.of(exitCode);
        return new JobSummary.End(
                Optional.ofNullable(row.getString("reason")).map(FailureReason::fromWireName),
                Optional.ofNullable(row.getString("error")),
                exit);
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }
}
