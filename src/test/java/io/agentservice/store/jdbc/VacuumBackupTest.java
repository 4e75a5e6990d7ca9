package io.agentservice.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.job.JobSpec;
import io.agentservice.job.Json;
import io.agentservice.job.Submitter;
import io.agentservice.store.BackupUnderwayException;
import io.agentservice.store.EventDraft;
import io.agentservice.store.JobFeed;
import io.agentservice.store.StoreBackup;
import io.agentservice.store.StoreException;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** Copies of a store that is in use. */
class VacuumBackupTest {

    private static final String WRITER = "?journal_mode=WAL&synchronous=FULL&busy_timeout=2000&foreign_keys=true";

    @TempDir
    Path folder;

    private JdbcJobStore store;

    @BeforeEach
    void open() throws Exception {
        StoreFile.prepare(file());
        Flyway.configure().dataSource(source(file(), WRITER)).load().migrate();
        store = new JdbcJobStore(
                StoreDoors.of(source(file(), "?busy_timeout=5000"), source(file(), WRITER)),
                StoreDoors.TOTALS,
                new JobFeed(),
                Clock.systemUTC(),
                1 << 20,
                new Room(folder, 0));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Path file() {
        return folder.resolve("jobs.db");
    }

    private static SQLiteDataSource source(Path file, String parameters) {
        var source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file + parameters);
        return source;
    }

    private VacuumBackup backups(long reserveBytes, int kept) {
        return new VacuumBackup(
                new StoreConfig() {
                    @Override
                    public Path file() {
                        return VacuumBackupTest.this.file();
                    }

                    @Override
                    public long cacheBytes() {
                        return 0;
                    }

                    @Override
                    public long reserveBytes() {
                        return reserveBytes;
                    }

                    @Override
                    public int backupsKept() {
                        return kept;
                    }
                },
                Clock.systemUTC());
    }

    private static <T> T now(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(60));
    }

    private Job inserted() {
        var limits = new JobSpec.Limits(new BigDecimal("0.10"), Duration.ofSeconds(90));
        var placement = new JobSpec.Placement(0, Optional.empty());
        var spec = new JobSpec("hi", "reader", Optional.empty(), limits, placement, new Json("{}"));
        var at = Clock.systemUTC().instant();
        Job job = Job.accepted(JobId.create(at, new SecureRandom()), spec, new Submitter("ci"), "session", at);
        now(store.insert(job));
        return job;
    }

    private void append(Job job) {
        now(store.append(job.id(), List.of(EventDraft.of(new JobEvent.Output("line")))));
    }

    private void fill(int megabytes) throws SQLException {
        Job job = inserted();
        try (var connection = source(file(), WRITER).getConnection();
                var statement = connection.createStatement()) {
            statement.execute("""
                    INSERT INTO event (job_key, sequence, type, data)
                    WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i <= %d)
                    SELECT (SELECT key FROM job WHERE id = '%s'), i, 'output', hex(randomblob(512)) FROM n""".formatted(megabytes * 1024, job.id()));
        }
    }

    private static Object query(Path file, String sql) throws SQLException {
        try (var connection = source(file, "").getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            return row.next() ? row.getObject(1) : null;
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("backups"))) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aBackupIsOneWholeFileThatIsNobodyElsesBusiness() throws Exception {
        fill(2);

        StoreBackup.Backup backup = now(backups(0, 5).backup());

        assertThat(files()).containsExactly(backup.file().getFileName().toString());
        assertThat(backup.bytes()).isEqualTo(Files.size(backup.file())).isGreaterThan(2_000_000);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup.file())))
                .isEqualTo("rw-------");
        assertThat(query(backup.file(), "PRAGMA integrity_check")).isEqualTo("ok");
        assertThat(query(backup.file(), "PRAGMA auto_vacuum"))
                .as("space can be given back")
                .isEqualTo(2);
        assertThat(query(backup.file(), "SELECT COUNT(*) FROM event"))
                .isEqualTo(query(file(), "SELECT COUNT(*) FROM event"));
    }

    @Tag("full")
    @Test
    void theWriterGoesOnWhileALargeStoreIsCopied() throws Exception {
        fill(150);
        Job job = inserted();
        List<Long> waits = new ArrayList<>();

        long begun = System.nanoTime();
        CompletableFuture<StoreBackup.Backup> backup = backups(0, 5).backup().subscribeAsCompletionStage();
        await().until(() -> Files.exists(folder.resolve("backups")) && !files().isEmpty());
        while (!backup.isDone()) {
            long before = System.nanoTime();
            append(job);
            waits.add(System.nanoTime() - before);
        }
        long took = System.nanoTime() - begun;

        long median = waits.stream().sorted().skip(waits.size() / 2).findFirst().orElseThrow();
        assertThat(waits).hasSizeGreaterThan(20);
        assertThat(median).isLessThan(took / 20);
        assertThat((int) query(backup.get().file(), "SELECT COUNT(*) FROM event WHERE data LIKE '%line%'"))
                .as("the copy is of the moment at which it began")
                .isLessThan(waits.size());
    }

    @Test
    void thereIsOneAtATimeAndNoneIsLeftUnderway() throws Exception {
        fill(50);
        var backups = backups(0, 5);
        var first = backups.backup().subscribeAsCompletionStage();
        await().until(() -> Files.exists(folder.resolve("backups")) && !files().isEmpty());

        assertThatThrownBy(() -> now(backups.backup())).isInstanceOf(BackupUnderwayException.class);

        first.get();
        assertThat(now(backups.backup()).bytes()).isPositive();
    }

    @Test
    void theOldestBeyondThoseToKeepAreRemovedAndSoIsWhatACrashLeft() throws Exception {
        var backups = backups(0, 2);
        var first = now(backups.backup());
        Files.writeString(folder.resolve("backups").resolve("20200101T000000.000Z.db.part"), "half");
        Files.writeString(folder.resolve("backups").resolve("20200101T000000.000Z.db.part-journal"), "half");

        var second = now(backups.backup());
        var third = now(backups.backup());

        assertThat(first.file()).doesNotExist();
        assertThat(files())
                .containsExactly(
                        second.file().getFileName().toString(),
                        third.file().getFileName().toString());
    }

    @Test
    void aCopyThatAPersonPutThereIsNotCountedAndStays() throws Exception {
        var backups = backups(0, 1);
        var first = now(backups.backup());
        Files.copy(first.file(), folder.resolve("backups").resolve("before-upgrade.db"));

        var second = now(backups.backup());

        assertThat(files()).containsExactly(second.file().getFileName().toString(), "before-upgrade.db");
    }

    @Test
    void aBackupForWhichThereIsNoRoomIsNotBegun() throws Exception {
        assertThatThrownBy(() -> now(backups(Long.MAX_VALUE / 2, 5).backup()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("the disk of the job store is full");

        assertThat(files()).isEmpty();
    }
}
