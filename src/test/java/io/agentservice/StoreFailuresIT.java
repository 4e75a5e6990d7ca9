package io.agentservice;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.PrivateMounts;
import io.agentservice.testing.Processes;
import io.agentservice.testing.ServiceProcess;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service meets a disk, and other programs, that do not let it write; then they do again. */
@Tag("full")
class StoreFailuresIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ServiceUnderTest surroundings = new ServiceUnderTest();
    private final Map<String, String> config = new HashMap<>();
    private Path jobs;
    private ServiceProcess service;

    @TempDir
    Path folder;

    @BeforeEach
    void surround() {
        config.putAll(surroundings.start());
        jobs = Path.of(config.get("agent-service.workspace.jobs-directory"));
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
        surroundings.stop();
    }

    /** @return the id of a job whose agent talks until it is ended */
    private static String talking() {
        return begun(Jobs.submit("stub-talks", "hi"));
    }

    private static String begun(String id) {
        try (var stream = Jobs.follow(id, "", Optional.empty())) {
            stream.until(event -> event.is("message"));
        }
        return id;
    }

    private static void isRefused(String sentence) {
        Jobs.authorized()
                .contentType("application/json")
                .body(Map.of("agent", "stub-after-result", "prompt", "hi"))
                .post("/execute")
                .then()
                .statusCode(503)
                .contentType(containsString("application/problem+json"))
                .header("Retry-After", notNullValue())
                .body("type", equalTo("urn:claude-agent-service:problem:store-unavailable"))
                .body("detail", containsString(sentence));
    }

    private static Map<String, String> health() {
        JsonPath ready = given().get("/q/health/ready").jsonPath();
        Map<String, String> found = new HashMap<>();
        found.put("status", ready.getString("checks.find { it.name == 'store' }.status"));
        found.put("kind", ready.getString("checks.find { it.name == 'store' }.data.kind"));
        return found;
    }

    private static void isRed(String kind) {
        assertThat(health()).containsEntry("status", "DOWN").containsEntry("kind", kind);
    }

    private static void awaitGreen() {
        await().atMost(PATIENCE).until(() -> "UP".equals(health().get("status")));
        String id = Jobs.run("stub-after-result", "hi").getString("job_id");
        assertThat(id).isNotNull();
    }

    private static void awaitNoProcessOf(String id) {
        String session = Jobs.get(id).getString("session_id");
        await().atMost(PATIENCE).until(() -> Processes.with(session).isEmpty());
    }

    private static void failedUnrecordedAndHasItsEventsInOrder(String id) {
        JsonPath job = Jobs.awaitFinal(id);
        assertThat(job.getString("status")).isEqualTo("failed");
        assertThat(job.getString("reason")).isEqualTo("recording");
        List<SseEvent> events = Jobs.events(id);
        assertThat(events.stream().map(SseEvent::id))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, events.size()).boxed().toList());
        assertThat(events.get(events.size() - 1).json().getString("status")).isEqualTo("failed");
    }

    private Connection otherProgram() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + jobs.resolve("agent-service.db"));
    }

    @Test
    void aFullDiskEndsWhatCannotBeRecordedAndAllIsWellOnceThereIsRoom() throws Exception {
        assumeThat(PrivateMounts.available()).isTrue();
        Files.createDirectories(jobs);
        config.put("agent-service.store.reserve-bytes", "1000000");
        service = ServiceProcess.start(PrivateMounts.wrapper("mount -t tmpfs -o size=24m none " + jobs), config);
        String before = Jobs.run("stub-after-result", "hi").getString("job_id");
        List<SseEvent> seen = Jobs.events(before);

        String flood = Jobs.submit("stub-flood", "hi");
        awaitNoProcessOf(flood);
        // Without the agent's writes the log of the store shrinks and makes room: somebody else takes it.
        PrivateMounts.inside(service.pid(), "dd if=/dev/zero of=%s bs=64k || true".formatted(jobs.resolve("other")));

        isRefused("the disk of the job store is full: make room on the volume of JOBS_DIR");
        isRed("disk_full");
        assertThat(Jobs.events(before)).isEqualTo(seen);

        PrivateMounts.inside(service.pid(), "mount -o remount,size=256m " + jobs);
        failedUnrecordedAndHasItsEventsInOrder(flood);
        awaitGreen();
    }

    @Test
    void aLockThatAnotherProgramHoldsIsWaitedForThenTheRunIsEnded() throws Exception {
        service = ServiceProcess.start(config);
        String running = talking();

        try (var other = otherProgram();
                var statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            isRefused("locked by another program");
            isRed("locked");
            awaitNoProcessOf(running);
            assertThat(Jobs.get(running).getString("status")).isEqualTo("running");
            statement.execute("ROLLBACK");
        }

        failedUnrecordedAndHasItsEventsInOrder(running);
        awaitGreen();
    }

    @Test
    void aShortLockIsWaitedOut() throws Exception {
        service = ServiceProcess.start(config);
        String running = begun(Jobs.submit("stub-waits", "wait-for:" + folder.resolve("go")));

        try (var other = otherProgram();
                var statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            Files.createFile(folder.resolve("go"));
            isRefused("locked by another program");
            statement.execute("ROLLBACK");
        }

        assertThat(Jobs.awaitFinal(running).getString("status")).isEqualTo("completed");
    }

    @Test
    void errorsOfTheDiskEndTheRunAndAreOverWhenTheyAreOver() throws Exception {
        service = ServiceProcess.start(config);
        String running = talking();

        limitFileSize("4096:unlimited");
        isRefused("the disk of the job store gives errors");
        isRed("io_error");
        awaitNoProcessOf(running);
        limitFileSize("unlimited:unlimited");

        failedUnrecordedAndHasItsEventsInOrder(running);
        awaitGreen();
    }

    /** Beyond that size each write is an error, for the service alone. */
    private void limitFileSize(String bytes) throws Exception {
        var command = List.of("prlimit", "--pid", "" + service.pid(), "--fsize=" + bytes);
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    @Test
    void damageThatAReadMeetsStopsAllWritingUntilTheFileIsWhole() throws Exception {
        service = ServiceProcess.start(config);
        String old = Jobs.run("stub-flood-limited", "hi").getString("job_id");
        String running = talking();
        checkpoint();
        byte[] whole = overwrite(Optional.empty());

        String stream = Jobs.authorized().get("/jobs/" + old + "/events").asString();

        assertThat(stream).endsWith(": the job store cannot be read now\nretry: 10000\n\n");
        isRefused("the file of the job store is damaged: stop the service and restore a backup");
        isRed("corrupt");
        assertThat(Jobs.get(old).getString("status")).isEqualTo("completed");
        awaitNoProcessOf(running);

        overwrite(Optional.of(whole));
        failedUnrecordedAndHasItsEventsInOrder(running);
        awaitGreen();
        assertThat(Jobs.events(old)).isNotEmpty();
    }

    private void checkpoint() throws SQLException {
        try (var other = otherProgram();
                var statement = other.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    /** @return what was there */
    private byte[] overwrite(Optional<byte[]> with) throws IOException {
        try (var file = new RandomAccessFile(jobs.resolve("agent-service.db").toFile(), "rw")) {
            int from = (int) (file.length() / 2);
            byte[] present = new byte[(int) (file.length() / 4)];
            file.seek(from);
            file.readFully(present);
            file.seek(from);
            file.write(with.orElse(new byte[present.length]));
            return present;
        }
    }

    @Test
    void aFileSystemThatTurnedReadOnlyIsNamedAndWritableAgainWithoutARestart() throws Exception {
        assumeThat(PrivateMounts.available()).isTrue();
        service = ServiceProcess.start(PrivateMounts.wrapper("true"), config);
        Jobs.run("stub-after-result", "hi");

        PrivateMounts.inside(service.pid(), "mount --bind %1$s %1$s; mount -o remount,bind,ro %1$s".formatted(jobs));
        try (var other = otherProgram();
                var statement = other.createStatement()) {
            // What is open stays writable; after this failure the store opens its file anew.
            statement.execute("BEGIN IMMEDIATE");
            isRefused("locked by another program");
            statement.execute("ROLLBACK");
        }
        isRefused("can be read but not written");
        isRed("read_only");

        PrivateMounts.inside(service.pid(), "umount " + jobs);
        awaitGreen();
    }
}
