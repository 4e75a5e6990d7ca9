package io.agentservice.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.agentservice.store.AuditEntry;
import io.agentservice.store.AuditEntry.Action;
import io.agentservice.store.EventDraft;
import io.agentservice.store.JobFeed;
import io.agentservice.store.JobStore;
import io.agentservice.store.JobStoreContract;
import io.agentservice.store.Labels;
import io.agentservice.store.Pruning;
import io.agentservice.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

/** The contract on a real SQLite file, and what only SQLite can get wrong. */
class SqliteJobStoreTest extends JobStoreContract {

    private static final String WRITER =
            "?journal_mode=WAL&synchronous=FULL&busy_timeout=5000&foreign_keys=true&transaction_mode=IMMEDIATE"
                    + "&journal_size_limit=8388608";

    @TempDir
    Path folder;

    private final Labels labels = StoreDoors.labels("issue-responder", "reader");
    private JdbcJobStore store;
    private JobFeed feed;

    @BeforeEach
    void open() throws Exception {
        Path file = folder.resolve("jobs.db");
        StoreFile.prepare(file);
        Flyway.configure().dataSource(source(WRITER)).load().migrate();
        feed = new JobFeed();
        store = new JdbcJobStore(
                StoreDoors.of(source("?busy_timeout=5000"), source(WRITER)),
                new TotalRows(labels),
                feed,
                Clock.fixed(NOW, ZoneOffset.UTC),
                1 << 20,
                new Room(folder, 0));
    }

    private DataSource source(String parameters) {
        // As the pool opens them: SQLiteDataSource itself would put its own defaults before the parameters.
        var source = new SQLiteDataSource() {
            @Override
            public SQLiteConnection getConnection() throws SQLException {
                return JDBC.createConnection(getUrl(), new Properties());
            }
        };
        source.setUrl("jdbc:sqlite:" + folder.resolve("jobs.db") + parameters);
        return source;
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    protected JobStore store() {
        return store;
    }

    @Override
    protected JobFeed feed() {
        return feed;
    }

    @Override
    protected Labels labels() {
        return labels;
    }

    @Override
    protected void reopen() {
        close();
        try {
            open();
        } catch (Exception e) {
            throw new IllegalStateException(e);
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
    void theFileCanGiveSpaceBackAndLogsAhead() throws Exception {
        assertThat(query("PRAGMA auto_vacuum")).isEqualTo(2);
        assertThat(query("PRAGMA journal_mode")).isEqualTo("wal");
    }

    @Test
    void aFileThatAnotherProgramMadeAndThatGivesNothingBackSaysSo() throws Exception {
        try (var connection = source(WRITER).getConnection();
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA auto_vacuum = NONE");
            statement.execute("VACUUM");
            statement.execute("CREATE TABLE ballast AS SELECT randomblob(2000000) AS bytes");
            statement.execute("DROP TABLE ballast");
        }
        assertThat(await(store().pruning().size()).free()).isGreaterThan(1_000_000);

        assertThat(await(store().pruning().giveBack()))
                .as("there is no end to asking again")
                .isZero();
    }

    @Test
    void noProgramThatOpensTheFileChangesTheAuditLog() throws Exception {
        await(store().audit().append(new AuditEntry(NOW, "ci", Action.AUDIT_READ, Optional.empty(), Map.of())));
        for (String sql : List.of(
                "UPDATE audit SET who = 'somebody else'",
                "UPDATE OR REPLACE audit SET position = position + 1",
                "DELETE FROM audit",
                "DELETE FROM audit WHERE position = 1",
                "INSERT OR REPLACE INTO audit (position, at, who, action, details) VALUES (1, 1, 'x', 'read', '{}')",
                "DELETE FROM audit_retention")) {
            assertThatThrownBy(() -> change(sql)).as(sql).isInstanceOf(SQLException.class);
        }
        assertThat(query("SELECT who FROM audit")).isEqualTo("ci");
        assertThat(query("SELECT COUNT(*) FROM audit")).isEqualTo(1);

        change("UPDATE audit_retention SET before = 1000");
        assertThatThrownBy(() -> change("UPDATE audit_retention SET before = 999"))
                .hasMessageContaining("only grows");
    }

    private void change(String sql) throws SQLException {
        try (var connection = source(WRITER).getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void theFileIsNobodyElsesBusiness() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("jobs.db"))))
                .isEqualTo("rw-------");
    }

    @Test
    void everyFileInTheFolderIsAKnownOne() throws Exception {
        await(store().insert(newJob()));

        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("an unknown URL parameter would become part of a file's name")
                    .isSubsetOf("jobs.db", "jobs.db-wal", "jobs.db-shm");
        }
    }

    @Test
    void aNameThatSqliteWouldReadParametersFromIsRefused() {
        assertThatThrownBy(() -> StoreFile.prepare(folder.resolve("a?b=c").resolve("jobs.db")))
                .hasMessageContaining("JOBS_DIR");
    }

    @Test
    void theLineIsStoredAsItCameBesideItsMeaning() throws Exception {
        Job job = newJob();
        await(store().insert(job));

        await(store().append(
                        job.id(),
                        List.of(new EventDraft(
                                new JobEvent.Output("meaning"), Optional.of("{ \"as\":  \"it came\" }")))));

        assertThat(query("SELECT line FROM event WHERE sequence = 2")).isEqualTo("{ \"as\":  \"it came\" }");
        assertThat(query("SELECT data FROM event WHERE sequence = 2").toString())
                .contains("meaning");
    }

    @Test
    void theSpaceOfRemovedJobsIsGivenBackToTheDisk() throws Exception {
        Job job = newJob();
        await(store().insert(job));
        Job running = await(store().apply(job.to(JobStatus.RUNNING, NOW)));
        var text = new EventDraft(new JobEvent.Output("x".repeat(50_000)), Optional.empty());
        for (int i = 0; i < 20; i++) {
            await(store().append(job.id(), Collections.nCopies(20, text)));
        }
        await(store().apply(running.to(Outcome.notRun(JobStatus.FAILED, FailureReason.START, "no"), NOW)));
        Pruning pruning = store().pruning();
        await(pruning.shortenLog());
        long before = Files.size(folder.resolve("jobs.db"));

        await(pruning.begin(List.of(job.id()), NOW));
        for (List<JobId> rest = List.of(job.id()); !rest.isEmpty(); ) {
            rest = await(pruning.removeEvents(rest));
        }
        await(pruning.finish(List.of(job.id())));
        while (await(pruning.giveBack()) > 0) {
            // Until all is given back.
        }
        await(pruning.shortenLog());

        assertThat(before).isGreaterThan(20_000_000);
        assertThat(Files.size(folder.resolve("jobs.db"))).isLessThan(300_000);
        assertThat(query("SELECT COUNT(*) FROM event")).isEqualTo(0);
        assertThat(query("SELECT COUNT(*) FROM job_metadata")).isEqualTo(0);
        assertThat(query("PRAGMA integrity_check")).isEqualTo("ok");
    }

    @Test
    void aLockedFileIsAnErrorAndTheStoreGoesOnAfterwards() throws Exception {
        Job job = newJob();
        var impatient = new JdbcJobStore(
                StoreDoors.of(source("?busy_timeout=100"), source(WRITER.replace("5000", "100"))),
                new TotalRows(labels),
                feed,
                Clock.systemUTC(),
                1 << 20,
                new Room(folder, 0));
        try (impatient;
                var other = source("").getConnection();
                var statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            assertThatThrownBy(() -> await(impatient.insert(job)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("locked");
            statement.execute("ROLLBACK");

            await(impatient.insert(job));
        }

        assertThat(await(store().find(job.id()))).contains(job);
    }

    @Test
    void anIdleStoreHoldsNoLock() throws Exception {
        await(store().insert(newJob()));

        try (var other = source("?busy_timeout=1").getConnection();
                var statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            statement.execute("ROLLBACK");
        }
    }

    @Test
    void aWriteThatMeetsOthersWritingIsDoneOnceOrNotAtAll() throws Exception {
        var stop = new AtomicBoolean();
        Thread other = new Thread(() -> hogTheLock(stop));
        other.start();
        List<Job> told = new ArrayList<>();
        var impatient = new JdbcJobStore(
                StoreDoors.of(source("?busy_timeout=5000"), source(WRITER.replace("5000", "2"))),
                new TotalRows(labels),
                feed,
                Clock.systemUTC(),
                1 << 20,
                new Room(folder, 0));
        try (impatient) {
            for (int i = 0; i < 100; i++) {
                Job job = newJob();
                await(impatient
                        .insert(job)
                        .invoke(() -> told.add(job))
                        .onFailure()
                        .recoverWithNull());
            }
        } finally {
            stop.set(true);
            other.join();
        }

        assertThat(told).as("some came through, some did not").isNotEmpty().hasSizeLessThan(100);
        assertThat(await(store().unfinished()).stream().map(Job::id))
                .containsExactlyInAnyOrderElementsOf(told.stream().map(Job::id).toList());
    }

    private void hogTheLock(AtomicBoolean stop) {
        try (var connection = source("?busy_timeout=5000").getConnection();
                var statement = connection.createStatement()) {
            while (!stop.get()) {
                statement.execute("BEGIN IMMEDIATE");
                statement
                        .executeQuery(
                                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT COUNT(*) FROM n")
                        .close();
                statement.execute("ROLLBACK");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aStoreThatIsFullTakesNoJobButSaysSoAndHoldsNoneOfIt() throws Exception {
        var full = new JdbcJobStore(
                StoreDoors.of(source("?busy_timeout=5000"), source(WRITER)),
                new TotalRows(labels),
                feed,
                Clock.systemUTC(),
                1 << 20,
                new Room(folder, Long.MAX_VALUE));
        Job job = newJob();
        try (full) {
            assertThatThrownBy(() -> await(full.insert(job)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.DISK_FULL));
            assertThatThrownBy(() -> await(full.check())).hasMessageContaining("make room");
        }

        assertThat(await(store().find(job.id()))).isEmpty();
    }

    @Test
    void whatDoesNotFitFailsWholeAndTheNextWriteIsOnANewConnection() throws Exception {
        Job job = newJob();
        await(store().insert(job));
        // SQLITE_FULL comes from here as it comes from a disk; the limit belongs to the connection.
        var small = new SQLiteDataSource() {
            private boolean limited;

            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                if (!limited) {
                    limited = true;
                    try (var statement = connection.createStatement()) {
                        statement.execute("PRAGMA max_page_count = 20");
                    }
                }
                return connection;
            }
        };
        small.setUrl("jdbc:sqlite:" + folder.resolve("jobs.db") + WRITER);
        List<EventDraft> large = List.of(EventDraft.of(new JobEvent.Output("x".repeat(500_000))));
        try (var cramped = new JdbcJobStore(
                StoreDoors.of(source("?busy_timeout=5000"), small),
                new TotalRows(labels),
                feed,
                Clock.systemUTC(),
                1 << 20,
                new Room(folder, 0))) {
            assertThatThrownBy(() -> await(cramped.append(job.id(), large)))
                    .hasMessageContaining("the disk of the job store is full");

            assertThat(await(cramped.append(job.id(), large))).isEqualTo(2);
        }
    }
}
