package io.agentservice.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.job.JobStatus;
import io.agentservice.store.JobCursor;
import io.agentservice.store.JobQuery;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** How the database walks through each form of the list, and to what may be removed. */
class QueryPlanTest {

    private static final Instant TIME = Instant.parse("2026-11-24T10:00:00Z");

    private final SQLiteDataSource source = new SQLiteDataSource();

    @TempDir
    Path folder;

    @BeforeEach
    void open() {
        source.setUrl("jdbc:sqlite:" + folder.resolve("jobs.db"));
        Flyway.configure().dataSource(source).load().migrate();
    }

    private List<String> plan(String sql) throws SQLException {
        try (var connection = source.getConnection();
                var statement = connection.prepareStatement("EXPLAIN QUERY PLAN " + sql)) {
            List<String> plan = new ArrayList<>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    plan.add(row.getString("detail"));
                }
            }
            return plan;
        }
    }

    /** With each cursor and time, which every filter may come with. */
    private void walks(String index, Set<JobStatus> statuses, Optional<String> agent, Map<String, String> metadata)
            throws SQLException {
        for (Optional<Instant> time : List.of(Optional.<Instant>empty(), Optional.of(TIME))) {
            for (Optional<JobCursor> cursor :
                    List.of(Optional.<JobCursor>empty(), Optional.of(new JobCursor(TIME, 7)))) {
                var filter = new JobQuery.Filter(statuses, agent, metadata, time);
                List<String> plan = plan(new JobListing(new JobQuery(filter, cursor, 50)).sql());

                assertThat(plan).noneMatch(step -> step.contains("TEMP B-TREE"));
                assertThat(plan).noneMatch(step -> step.startsWith("SCAN") && !step.contains("INDEX"));
                assertThat(plan).anyMatch(step -> step.contains(index));
                boolean bounded = time.isPresent() || cursor.isPresent();
                assertThat(plan.stream().filter(step -> step.contains(index)))
                        .as("begins at its place")
                        .allMatch(step -> !bounded
                                || step.contains("created_at>?")
                                || step.contains("created_at<?")
                                || step.contains("(created_at,"));
            }
        }
    }

    @Test
    void everyFormWalksItsIndexInTheOrderOfTheList() throws SQLException {
        var ended = Set.of(JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.TIMEOUT);
        var reader = Optional.of("reader");
        walks("job_created", Set.of(), Optional.empty(), Map.of());
        walks("job_by_status", Set.of(JobStatus.FAILED), Optional.empty(), Map.of());
        walks("job_by_status", ended, Optional.empty(), Map.of());
        walks("job_by_agent", Set.of(), reader, Map.of());
        walks("job_by_agent_and_status", Set.of(JobStatus.FAILED), reader, Map.of());
        walks("job_by_agent_and_status", ended, reader, Map.of());
    }

    @Test
    void metadataIsFoundByItsKeyAndTheJobsByTheirs() throws SQLException {
        for (var metadata : List.of(Map.of("repo", "a"), Map.of("repo", "a", "branch", "main", "ok", "true"))) {
            walks("PRIMARY KEY (name=? AND value=?", Set.of(), Optional.empty(), metadata);
            walks("PRIMARY KEY (name=? AND value=?", Set.of(JobStatus.FAILED), Optional.of("reader"), metadata);
        }
    }

    @Test
    void whatMayGoIsFoundWithoutASearchThroughAll() throws SQLException {
        for (String sql : List.of(
                JdbcPruning.ENDED,
                JdbcPruning.BEGUN,
                JdbcPruning.FINISH,
                KeyRows.FIND,
                KeyRows.REMOVE,
                RemovedRows.FORGET,
                EventRemoval.NEXT,
                EventRemoval.DELETE)) {
            assertThat(plan(sql))
                    .as(sql)
                    .isNotEmpty()
                    .noneMatch(step -> step.contains("TEMP B-TREE") || step.startsWith("SCAN"));
        }
    }
}
