package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceProcess;
import io.agentservice.testing.ServiceUnderTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service is killed, and still knows which request made which job, and what it was removing. */
@Tag("full")
@Tag("native")
class KeysAndRetentionIT {

    private final ServiceUnderTest surroundings = new ServiceUnderTest();
    private final Map<String, String> config = new HashMap<>();
    private ServiceProcess service;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws IOException {
        config.putAll(surroundings.start());
        service = ServiceProcess.start(config);
    }

    @AfterEach
    void stop() {
        service.close();
        surroundings.stop();
    }

    private void killAndStart() throws Exception {
        service.kill();
        assertThat(service.awaitExit(20)).isTrue();
        service = ServiceProcess.start(config);
    }

    private static ValidatableResponse submitWithKey(Map<String, String> body) {
        return Jobs.authorized()
                .header("Idempotency-Key", "build-1742")
                .contentType(ContentType.JSON)
                .body(body)
                .post("/execute")
                .then();
    }

    @Test
    void aRequestThatIsSentAgainAfterAKillOrDuringADrainMakesNoSecondJob() throws Exception {
        Path signal = folder.resolve("go");
        var body = Map.of("agent", "stub-waits", "prompt", "wait-for:" + signal);
        String first = submitWithKey(body).statusCode(202).extract().path("job_id");

        killAndStart();

        submitWithKey(body)
                .statusCode(202)
                .header("Idempotency-Replayed", "true")
                .body("job_id", equalTo(first));
        Jobs.submit("stub-waits", "wait-for:" + signal);
        service.terminate();
        await().until(() -> Jobs.authorized()
                        .contentType(ContentType.JSON)
                        .body(body)
                        .post("/execute")
                        .statusCode()
                == 503);
        submitWithKey(body)
                .statusCode(202)
                .header("Idempotency-Replayed", "true")
                .body("job_id", equalTo(first));
        Files.createFile(signal);
    }

    @Test
    void aRemovalThatWasKilledIsFinishedAndTheDiskIsFreeAgain() throws Exception {
        String id = Jobs.submit("stub-flood", "hi");
        Jobs.awaitFinal(id);
        Path jobs = Path.of(config.get("agent-service.workspace.jobs-directory"));
        Path store = jobs.resolve("agent-service.db");
        long full = Files.size(store);
        config.put("agent-service.store.job-ttl", "1ms");
        killAndStart();
        await().pollInterval(Duration.ofMillis(10))
                .until(() -> Jobs.authorized().get("/jobs/" + id).statusCode() == 410);

        killAndStart();

        await().atMost(Duration.ofSeconds(120)).until(() -> Files.size(store) < 10_000_000);
        assertThat(full).isGreaterThan(100_000_000);
        assertThat(Jobs.authorized().get("/jobs/" + id).statusCode()).isEqualTo(410);
        assertThat(jobs.resolve("conversations").resolve(id)).doesNotExist();
        assertThat(service.log()).anyMatch(line -> line.contains("ended jobs were removed count=1"));
    }
}
