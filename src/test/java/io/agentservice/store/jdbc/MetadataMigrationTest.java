package io.agentservice.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.store.JobPage;
import io.agentservice.store.JobQuery;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** A store that an earlier version filled is brought up to date with all that is in it. */
class MetadataMigrationTest {

    private static final String INSERT = """
            INSERT INTO job (id, agent, submitter, prompt, max_budget_usd, timeout_ms, metadata, session_id, status,
                             attempt, version, created_at, priority)
            VALUES ('01a20d33-18fc-7461-a4ca-40831af7891e', 'reader', 'api', 'hi', '5', 1000, ?, 's', 'queued', 0, 0,
                    1000, 0)""";

    private final SQLiteDataSource source = new SQLiteDataSource();

    @TempDir
    Path folder;

    @BeforeEach
    void fillAnEarlierVersion() throws SQLException {
        source.setUrl("jdbc:sqlite:" + folder.resolve("jobs.db"));
        Flyway.configure().dataSource(source).target("1").load().migrate();
        try (var connection = source.getConnection();
                var statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, "{\"s\":\"a b\",\"n\":17,\"t\":true,\"o\":{\"n\":1},\"z\":null,\"\\\"q\":\"1\"}");
            statement.executeUpdate();
        }
        Flyway.configure().dataSource(source).load().migrate();
    }

    private JobPage list(String key, String value) throws SQLException {
        var filter = new JobQuery.Filter(Set.of(), Optional.empty(), Map.of(key, value), Optional.empty());
        try (var connection = source.getConnection()) {
            return new JobListing(new JobQuery(filter, Optional.empty(), 10)).read(connection);
        }
    }

    @Test
    void itsJobsAreFoundByTheirMetadata() throws SQLException {
        for (var entry : Map.of("s", "a b", "n", "17", "t", "true", "\"q", "1").entrySet()) {
            assertThat(list(entry.getKey(), entry.getValue()).jobs())
                    .as(entry.getKey())
                    .hasSize(1);
        }
        assertThat(list("o", "{\"n\":1}").jobs()).isEmpty();
    }
}
