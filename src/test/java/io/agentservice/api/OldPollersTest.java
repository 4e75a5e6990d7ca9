package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For callers who take every status but running for final. */
@QuarkusTest
@TestProfile(OldPollersTest.QueuedAsRunning.class)
@WithTestResource(ServiceUnderTest.class)
class OldPollersTest {

    public static final class QueuedAsRunning implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("agent-service.api.report-queued-as-running", "true");
        }
    }

    @TempDir
    Path folder;

    @Test
    void aQueuedJobIsShownAsRunningWhereverAJobIsShown() throws IOException {
        String key = folder.toString();
        Map<String, String> body =
                Map.of("agent", "stub-waits", "prompt", "wait-for:" + folder.resolve("go"), "concurrency_key", key);
        String first = Jobs.submit(body);
        await().until(() -> Jobs.get(first).getString("started_at") != null);

        String waiting = Jobs.authorized()
                .contentType("application/json")
                .body(body)
                .post("/execute")
                .then()
                .statusCode(202)
                .body("status", equalTo("running"))
                .extract()
                .path("job_id");

        Jobs.authorized()
                .get("/jobs/" + waiting)
                .then()
                .body("status", equalTo("running"))
                .body("started_at", nullValue())
                .body("queue.position", notNullValue());
        assertThat(Jobs.authorized()
                        .get("/jobs?status=queued")
                        .jsonPath()
                        .getString("jobs.find { it.job_id == '%s' }.status".formatted(waiting)))
                .as("found as what it is, shown as running")
                .isEqualTo("running");
        Jobs.authorized()
                .get("/jobs/" + waiting + "/result")
                .then()
                .statusCode(408)
                .body("job_status", equalTo("running"));
        Files.createFile(folder.resolve("go"));
        Jobs.awaitFinal(waiting);
        assertThat(Jobs.statuses(waiting)).as("events are true").containsExactly("queued", "running", "completed");
    }
}
