package io.agentservice;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceProcess;
import io.agentservice.testing.ServiceUnderTest;
import io.restassured.path.json.JsonPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service is backed up while it works, and another starts on the copy. */
@Tag("full")
@Tag("native")
class BackupIT {

    private final ServiceUnderTest surroundings = new ServiceUnderTest();
    private final Map<String, String> config = new HashMap<>();
    private ServiceProcess service;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws Exception {
        config.putAll(surroundings.start());
        service = ServiceProcess.start(config);
    }

    @AfterEach
    void stop() {
        service.close();
        surroundings.stop();
    }

    private static JsonPath backup() {
        return Jobs.authorized()
                .post("/admin/backup")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath();
    }

    private static String body(String path) {
        return Jobs.authorized().get(path).then().statusCode(200).extract().asString();
    }

    @Test
    void aRestoredBackupHasEveryJobAndEventByteForByte() throws Exception {
        List<String> before = IntStream.range(0, 5)
                .mapToObj(i -> Jobs.run("stub-after-result", "hi").getString("job_id"))
                .toList();
        var stop = new AtomicBoolean();
        CompletableFuture<List<String>> load = CompletableFuture.supplyAsync(() -> submitUntil(stop));
        String underway = Jobs.submit("stub-flood-limited", "hi");
        String talking = Jobs.submit("stub-talks", "hi");

        JsonPath backup = backup();
        JsonPath again = backup();

        stop.set(true);
        load.join().forEach(Jobs::awaitFinal);
        Jobs.awaitFinal(underway);
        Map<String, String> shown = new HashMap<>();
        before.forEach(id -> shown.put("/jobs/" + id, body("/jobs/" + id)));
        before.forEach(id -> shown.put("/jobs/" + id + "/events", body("/jobs/" + id + "/events")));
        service.kill();
        service.awaitExit(10);
        Path restored = Files.createDirectories(folder.resolve("restored"));
        Files.copy(Path.of(again.getString("path")), restored.resolve("agent-service.db"));
        config.put("agent-service.workspace.jobs-directory", restored.toString());
        service = ServiceProcess.start(config);

        assertThat(Path.of(backup.getString("path"))).hasSize(backup.getLong("bytes"));
        shown.forEach((path, body) -> assertThat(body(path)).as(path).isEqualTo(body));
        // What ran when the copy was made is taken up as after a crash.
        await().until(() -> Jobs.get(talking).getString("status").equals("running"));
        Jobs.authorized().post("/jobs/" + talking + "/cancel").then().statusCode(202);
        assertThat(Jobs.awaitFinal(talking).getString("status")).isEqualTo("cancelled");
        assertThat(Jobs.run("stub-after-result", "hi").getString("status")).isEqualTo("completed");
        assertThat(value(restored, "PRAGMA journal_mode")).isEqualTo("wal");
        assertThat(value(restored, "PRAGMA auto_vacuum")).isEqualTo("2");
    }

    private static List<String> submitUntil(AtomicBoolean stop) {
        List<String> ids = new ArrayList<>();
        while (!stop.get()) {
            ids.add(Jobs.run("stub-after-result", "hi").getString("job_id"));
        }
        return ids;
    }

    private static String value(Path jobs, String sql) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + jobs.resolve("agent-service.db"));
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            return row.getString(1);
        }
    }

    @Test
    void aBackupNeedsTheToken() {
        given().post("/admin/backup")
                .then()
                .statusCode(401)
                .body("type", equalTo("urn:claude-agent-service:problem:unauthorized"));
    }
}
