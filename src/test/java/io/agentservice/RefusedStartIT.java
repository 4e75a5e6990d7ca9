package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.PrivateMounts;
import io.agentservice.testing.Processes;
import io.agentservice.testing.ServiceProcess;
import io.agentservice.testing.ServiceUnderTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service does not start on a store that it must not or cannot use, nor without any token for the world, and says why in one sentence. */
@Tag("full")
@Tag("native")
class RefusedStartIT {

    private final ServiceUnderTest surroundings = new ServiceUnderTest();
    private final Map<String, String> config = new HashMap<>();
    private Path jobs;

    @TempDir
    Path folder;

    @BeforeEach
    void surround() {
        config.putAll(surroundings.start());
        jobs = Path.of(config.get("agent-service.workspace.jobs-directory"));
    }

    @AfterEach
    void stop() {
        surroundings.stop();
    }

    private Path file() {
        return jobs.resolve("agent-service.db");
    }

    private void startOnce() throws Exception {
        try (var service = ServiceProcess.start(config)) {
            service.terminate();
            assertThat(service.awaitExit(30)).isTrue();
        }
    }

    private void sql(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void doesNotStart(List<String> wrapper, String... sentences) {
        Throwable refusal =
                catchThrowable(() -> ServiceProcess.start(wrapper, config).close());

        assertThat(refusal)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("exit code 1:")
                .hasMessageContaining("the service does not start: ")
                .hasMessageContainingAll(sentences);
        assertThat(refusal.getMessage().lines()).as("%s", refusal.getMessage()).hasSizeLessThan(6);
    }

    @Test
    void ofTwoServicesOnOneFolderTheSecondLeavesTheFirstAlone() throws Exception {
        try (var first = ServiceProcess.start(config)) {
            String running = Jobs.submit("stub-waits", "wait-for:" + folder.resolve("go"));
            try (var stream = Jobs.follow(running, "", Optional.empty())) {
                stream.until(event -> event.is("message"));
            }
            int port = RestAssured.port;

            doesNotStart(
                    List.of(),
                    "the job store is in use by another service",
                    "pid " + first.pid() + " on host ",
                    ", since 2");

            RestAssured.port = port;
            assertThat(Processes.with(Jobs.get(running).getString("session_id")))
                    .isNotEmpty();
            Files.createFile(folder.resolve("go"));
            assertThat(Jobs.awaitFinal(running).getString("status")).isEqualTo("completed");

            first.kill();
            assertThat(first.awaitExit(10)).isTrue();
            try (var second = ServiceProcess.start(config)) {
                assertThat(Files.readString(jobs.resolve("agent-service.lock"))).contains("pid " + second.pid());
            }
        }
    }

    @Test
    void anAddressForTheWorldAndNoToken() {
        config.remove("agent-service.access.bearer-token");
        config.put("quarkus.http.host", "0.0.0.0");

        doesNotStart(List.of(), "it would listen on 0.0.0.0 and nobody could be let in", "set API_BEARER_TOKEN");
    }

    @Test
    void aSchemaFromTheFuture() throws Exception {
        startOnce();
        sql("""
            INSERT INTO flyway_schema_history
            SELECT 9999, '9999', 'ideas of tomorrow', type, 'V9999__x.sql', 1, installed_by, installed_on, 1, 1
            FROM flyway_schema_history LIMIT 1""");

        doesNotStart(List.of(), "written by another version of the program", "9999, ideas of tomorrow");
    }

    @Test
    void anUpgradeThatBrokeOff() throws Exception {
        startOnce();
        sql("UPDATE flyway_schema_history SET success = 0 WHERE installed_rank = 1");

        doesNotStart(List.of(), "restore the backup from before the upgrade", "version 1, ", "broke off");
    }

    @Test
    void aMigrationThatWasChangedAfterwards() throws Exception {
        startOnce();
        sql("UPDATE flyway_schema_history SET checksum = 17 WHERE version = '1'");

        doesNotStart(List.of(), "the schema of the job store is not as this program made it");
    }

    @Test
    void aFileThatIsNoDatabase() throws Exception {
        Files.createDirectories(jobs);
        Files.writeString(file(), "Dear diary, ".repeat(1000));

        doesNotStart(List.of(), "the file of the job store is damaged", "restore a backup");
    }

    @Test
    void aDamagedDatabase() throws Exception {
        startOnce();
        try (var bytes = new RandomAccessFile(file().toFile(), "rw")) {
            bytes.seek(4096);
            bytes.write(new byte[(int) bytes.length() - 4096]);
        }

        doesNotStart(List.of(), "the file of the job store is damaged", "restore a backup");
    }

    @Test
    void aReadOnlyFolder() throws Exception {
        assumeThat(PrivateMounts.available()).isTrue();
        startOnce();

        doesNotStart(
                PrivateMounts.wrapper("mount --bind %1$s %1$s; mount -o remount,bind,ro %1$s".formatted(jobs)),
                "the job store can be read but not written");
    }

    @Test
    void aReadOnlyFile() throws Exception {
        assumeThat(PrivateMounts.available()).isTrue();
        startOnce();

        doesNotStart(
                PrivateMounts.wrapper("mount --bind %1$s %1$s; mount -o remount,bind,ro %1$s".formatted(file())),
                "the job store can be read but not written");
    }

    @Test
    void aFullDisk() throws Exception {
        assumeThat(PrivateMounts.available()).isTrue();
        Files.createDirectories(jobs);

        doesNotStart(
                PrivateMounts.wrapper("mount -t tmpfs -o size=16k none " + jobs),
                "the disk of the job store is full: make room on the volume of JOBS_DIR");
    }
}
