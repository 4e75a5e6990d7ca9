package io.agentservice.store.jdbc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.Json;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Jobs as they stand, kept in memory; never an older state than the last that was committed. */
// How Caffeine calls a cache that weighs: it finds the class by name, which a native executable has to be told.
@RegisterForReflection(classNames = "com.github.benmanes.caffeine.cache.SSMW")
final class RecentJobs {

    private static final String FIND = "SELECT * FROM job WHERE id = ? AND removed_at IS NULL";

    private final Cache<JobId, Job> jobs;

    /** @param maxBytes how much is kept, in bytes of text */
    RecentJobs(long maxBytes) {
        jobs = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((JobId id, Job job) -> weight(job))
                .build();
    }

    private static int weight(Job job) {
        int text = job.spec().prompt().length() + job.spec().metadata().text().length();
        int result = job.outcome()
                .flatMap(outcome -> outcome.resultLine().map(Json::text))
                .map(String::length)
                .orElse(0);
        int schema =
                job.spec().answer().schema().map(Json::text).map(String::length).orElse(0);
        return 512 + text + schema + result;
    }

    Optional<Job> get(JobId id) {
        return Optional.ofNullable(jobs.getIfPresent(id));
    }

    /** Right after the commit, in the order of commits. */
    void put(Job job) {
        jobs.put(job.id(), job);
    }

    void invalidate(JobId id) {
        jobs.invalidate(id);
    }

    Optional<Job> read(Connection connection, JobId id) throws SQLException {
        Optional<Job> found = find(connection, id);
        // Looked at after the job was put here: a removal that is committed later takes it out itself.
        if (found.isPresent() && RemovedRows.find(connection, id).isPresent()) {
            invalidate(id);
            return Optional.empty();
        }
        return found;
    }

    private Optional<Job> find(Connection connection, JobId id) throws SQLException {
        try (var statement = connection.prepareStatement(FIND)) {
            statement.setString(1, id.value());
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                // A commit since this read has put a newer one here.
                return Optional.of(jobs.get(id, missing -> read(row)));
            }
        }
    }

    private static Job read(ResultSet row) {
        try {
            return JobRows.read(row);
        } catch (SQLException e) {
            throw StoreFailures.translate(e);
        }
    }
}
