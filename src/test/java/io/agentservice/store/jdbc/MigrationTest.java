package io.agentservice.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Outcome;
import io.agentservice.store.EventDraft;
import io.agentservice.store.JobFeed;
import io.agentservice.store.JobStore;
import io.agentservice.store.StoredEvent;
import io.agentservice.store.Totals;
import io.smallrye.mutiny.Uni;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sqlite.SQLiteDataSource;

/** What an earlier version of the program stored reads the same after every upgrade. Finds new migrations by itself. */
class MigrationTest {

    private static final String WRITER = "?journal_mode=WAL&busy_timeout=5000&foreign_keys=true";
    private static final Instant CREATED = Instant.parse("2026-11-01T10:00:00.123Z");
    private static final String INSERT_JOB = """
            INSERT INTO job (id, agent, submitter, prompt, model, max_budget_usd, timeout_ms, priority, concurrency_key,
                             metadata, session_id, status, attempt, version, created_at, started_at, finished_at,
                             reason, error, exit_code, result_line, stderr_tail)
            VALUES (?, 'issue-responder', 'ci', 'Grüße\n☃', 'sonnet', '0.10', 90000, 3, 'a key', '{"a":[1,2]}',
                    '1b671a64-40d5-491e-99b0-da01ff1f3341', ?, 2, 5, ?, ?, ?, ?, ?, ?, ?, ?)""";
    private static final String INSERT_EVENT = """
            INSERT INTO event (job_key, sequence, type, data, line)
            VALUES ((SELECT key FROM job WHERE id = ?), ?, ?, ?, ?)""";
    private static final List<StoredEvent> EVENTS = List.of(
            new StoredEvent(
                    1, "status", new Json("{\"at\":\"2026-11-01T10:00:00Z\",\"status\":\"queued\",\"attempt\":0}")),
            new StoredEvent(2, "message", new Json("{ \"text\" : \"☃ \\u00e9 spaces stay\" }")),
            new StoredEvent(3, "invented", new Json("{}")));
    private static final String LINE = "{ \"as\":  \"it came ☃\" }";

    @TempDir
    Path folder;

    private final List<JobId> ids = new ArrayList<>();
    private final SecureRandom random = new SecureRandom();

    @BeforeEach
    void makeFile() throws Exception {
        StoreFile.prepare(folder.resolve("jobs.db"));
    }

    private SQLiteDataSource source(String parameters) {
        var source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("jobs.db") + parameters);
        return source;
    }

    private void migrate(String target) {
        Flyway.configure().dataSource(source(WRITER)).target(target).load().migrate();
    }

    static Stream<MigrationVersion> everyVersion() {
        return Arrays.stream(Flyway.configure()
                        .dataSource("jdbc:sqlite::memory:", "", "")
                        .load()
                        .info()
                        .all())
                .map(MigrationInfo::getVersion);
    }

    @ParameterizedTest
    @MethodSource("everyVersion")
    void whatWasStoredThenReadsTheSameNow(MigrationVersion then) throws Exception {
        migrate("1");
        populate();
        migrate(then.getVersion());
        populate();

        Schema.migrate(Flyway.configure().dataSource(source(WRITER)).load());

        everythingReadsAsBefore();
        everythingGoesOn();
        Schema.migrate(Flyway.configure().dataSource(source(WRITER)).load());
    }

    @Test
    void anUpgradeThatLosesSomethingWouldBeNoticed() throws Exception {
        migrate("1");
        populate();

        Flyway.configure()
                .dataSource(source(WRITER))
                .locations("classpath:db/migration", "classpath:db/lossy")
                .load()
                .migrate();

        assertThatThrownBy(this::everythingReadsAsBefore).isInstanceOf(AssertionError.class);
    }

    /** A job in every status, as the first version of the program wrote them. */
    private void populate() throws SQLException {
        try (var connection = source(WRITER).getConnection()) {
            for (JobStatus status : JobStatus.values()) {
                JobId id = JobId.create(CREATED, random);
                insertJob(connection, id, status);
                for (StoredEvent event : EVENTS) {
                    insertEvent(connection, id, event);
                }
                ids.add(id);
            }
        }
    }

    private static void insertJob(Connection connection, JobId id, JobStatus status) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT_JOB)) {
            statement.setString(1, id.value());
            statement.setString(2, status.wireName());
            statement.setLong(3, CREATED.toEpochMilli());
            statement.setObject(
                    4,
                    status == JobStatus.QUEUED ? null : CREATED.plusSeconds(1).toEpochMilli());
            statement.setObject(5, status.isFinal() ? CREATED.plusSeconds(2).toEpochMilli() : null);
            if (status.isFinal()) {
                Outcome outcome = outcome(status);
                statement.setString(
                        6, outcome.reason().map(FailureReason::wireName).orElse(null));
                statement.setString(7, outcome.error().orElse(null));
                statement.setInt(8, outcome.exitCode().orElseThrow());
                statement.setString(9, outcome.resultLine().orElseThrow().text());
                statement.setString(10, outcome.stderrTail());
            }
            statement.executeUpdate();
        }
    }

    private static void insertEvent(Connection connection, JobId id, StoredEvent event) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT_EVENT)) {
            statement.setString(1, id.value());
            statement.setLong(2, event.sequence());
            statement.setString(3, event.type());
            statement.setString(4, event.data().text());
            statement.setString(5, LINE);
            statement.executeUpdate();
        }
    }

    private static Outcome outcome(JobStatus status) {
        Optional<FailureReason> reason =
                switch (status) {
                    case FAILED -> Optional.of(FailureReason.INTERRUPTED);
                    case TIMEOUT -> Optional.of(FailureReason.WALL_CLOCK);
                    case CANCELLED -> Optional.of(FailureReason.CANCELLED);
                    case QUEUED, RUNNING, CANCELLING, COMPLETED -> Optional.empty();
                };
        return new Outcome(
                status,
                reason,
                reason.map(why -> "because of " + why),
                OptionalInt.of(7),
                Optional.of(new Json("{\"type\":\"result\",  \"result\":\"done\"}")),
                "a warning");
    }

    private JdbcJobStore openStore() throws Exception {
        return new JdbcJobStore(
                StoreDoors.of(source("?busy_timeout=5000"), source(WRITER)),
                StoreDoors.TOTALS,
                new JobFeed(),
                Clock.fixed(CREATED.plusSeconds(9), ZoneOffset.UTC),
                1 << 20,
                new Room(folder, 0));
    }

    private static <T> T await(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }

    private void everythingReadsAsBefore() throws Exception {
        try (var store = openStore()) {
            for (int i = 0; i < ids.size(); i++) {
                reads(store, ids.get(i), JobStatus.values()[i % JobStatus.values().length]);
            }
            assertThat(await(store.unfinished()).stream().map(Job::id))
                    .hasSize(ids.size() * 3 / 7)
                    .isSubsetOf(ids);
            assertThat(await(store.startsSince(CREATED))).hasSize(ids.size() * 6 / 7);
        }
        assertThat(query("SELECT COUNT(*) FROM event WHERE line = '%s'".formatted(LINE)))
                .isEqualTo(ids.size() * EVENTS.size());
        assertThat(query("PRAGMA foreign_key_check")).isNull();
        assertThat(query("PRAGMA integrity_check")).isEqualTo("ok");
        assertThat(query("PRAGMA auto_vacuum")).isEqualTo(2);
    }

    private static void reads(JobStore store, JobId id, JobStatus status) {
        Job job = await(store.find(id)).orElseThrow();
        assertThat(job.status()).isEqualTo(status);
        assertThat(job.spec().prompt()).isEqualTo("Grüße\n☃");
        assertThat(job.spec().agent()).isEqualTo("issue-responder");
        assertThat(job.spec().model()).contains("sonnet");
        assertThat(job.spec().limits().maxBudgetUsd()).isEqualTo("0.10");
        assertThat(job.spec().limits().timeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(job.spec().placement().priority()).isEqualTo(3);
        assertThat(job.spec().placement().concurrencyKey()).contains("a key");
        assertThat(job.spec().metadata()).isEqualTo(new Json("{\"a\":[1,2]}"));
        assertThat(job.submitter().name()).isEqualTo("ci");
        assertThat(job.sessionId()).isEqualTo("1b671a64-40d5-491e-99b0-da01ff1f3341");
        assertThat(job.progress().attempt()).isEqualTo(2);
        assertThat(job.progress().version()).isEqualTo(5);
        assertThat(job.progress().createdAt()).isEqualTo(CREATED);
        assertThat(job.progress().startedAt().isPresent()).isEqualTo(status != JobStatus.QUEUED);
        assertThat(job.progress().finishedAt().isPresent()).isEqualTo(status.isFinal());
        assertThat(job.outcome()).isEqualTo(status.isFinal() ? Optional.of(outcome(status)) : Optional.empty());
        assertThat(await(store.events(id, 0, Long.MAX_VALUE)).events()).isEqualTo(EVENTS);
    }

    private void everythingGoesOn() throws Exception {
        try (var store = openStore()) {
            for (Job job : await(store.unfinished())) {
                await(store.append(job.id(), List.of(EventDraft.of(new JobEvent.Output("on")))));
                JobStatus next =
                        switch (job.status()) {
                            case QUEUED -> JobStatus.RUNNING;
                            case RUNNING -> JobStatus.CANCELLING;
                            default -> JobStatus.CANCELLED;
                        };
                Job stepped = await(store.apply(
                        next.isFinal() ? job.to(outcome(next), CREATED) : job.to(next, CREATED.plusSeconds(3))));
                assertThat(stepped.status()).isEqualTo(next);
                assertThat(await(store.events(job.id(), 0, Long.MAX_VALUE)).last())
                        .isEqualTo(5);
            }
            await(store.check());
        }
    }

    private Object query(String sql) throws SQLException {
        try (var connection = source("").getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            return row.next() ? row.getObject(1) : null;
        }
    }

    @Test
    void whatWasThereBeforeThereWereTotalsIsInThem() throws Exception {
        migrate("6");
        try (var connection = source(WRITER).getConnection();
                var statement = connection.createStatement()) {
            statement.execute("BEGIN");
            for (int i = 0; i < 120; i++) {
                String agent = i < 3 ? "busy" : "agent-" + i;
                statement.execute("""
                        INSERT INTO job (id, agent, submitter, prompt, max_budget_usd, timeout_ms, priority, metadata,
                                         session_id, status, attempt, version, created_at)
                        VALUES ('job-%1$d', '%2$s', 'ci', '', '1', 1, 0, '{}', '', 'failed', 1, 2, 5)""".formatted(i, agent));
                statement.execute("""
                        INSERT INTO event (job_key, sequence, type, data)
                        VALUES (%1$d, 1, 'status', '{"status":"queued"}'),
                               (%1$d, 2, 'status', '{"phase":"cloning"}'),
                               (%1$d, 3, 'status', '{"status":"failed","reason":"start"}')""".formatted(i + 1));
                statement.execute(
                        "INSERT INTO status_change (job_key, sequence) VALUES (%1$d, 1), (%1$d, 3)".formatted(i + 1));
                statement.execute("""
                        INSERT INTO ledger (job_id, attempt, agent, submitter, model, input_tokens, output_tokens,
                                            cache_read_tokens, cache_write_tokens, cache_write_hour_tokens, usd_nanos,
                                            estimated, booked_at)
                        VALUES ('job-%1$d', 1, '%2$s', 'ci', 'opus', 9223372036854775807, 2, 3, 4, 5, 500000000, 0, 5)""".formatted(i, agent));
            }
            statement.execute("COMMIT");
        }

        Schema.migrate(Flyway.configure().dataSource(source(WRITER)).load());

        try (JdbcJobStore store = openStore()) {
            Totals totals = await(store.totals());
            assertThat(totals.statuses())
                    .contains(
                            new Totals.StatusTotal(
                                    "busy", JobStatus.FAILED, Optional.of("start"), 3, Instant.ofEpochMilli(5)),
                            new Totals.StatusTotal(
                                    "other", JobStatus.QUEUED, Optional.empty(), 18, Instant.ofEpochMilli(5)))
                    .hasSize(2 * 101);
            assertThat(totals.costs())
                    .hasSize(101)
                    .filteredOn(total -> total.agent().equals("busy"))
                    .singleElement()
                    .satisfies(total -> {
                        assertThat(total.usd()).isEqualByComparingTo("1.5");
                        assertThat(total.tokens().output()).isEqualTo(6);
                    });
        }
    }
}
