package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.Shell;
import io.agentservice.testing.Tools;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For callers who take every status but running for final. */
@QuarkusTest
@TestProfile(OldPollersTest.QueuedAsRunning.class)
@WithTestResource(ServiceUnderTest.class)
@Tag("full")
class OldPollersTest {

    public static final class QueuedAsRunning implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "agent-service.api.report-queued-as-running", "true", "agent-service.queue.max-concurrency", "1");
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
        await().atMost(Duration.ofSeconds(60)).until(() -> Jobs.get(first).getString("started_at") != null);

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

    /** As pipelines did it before there was a client: with a path for an agent, and only one status that is not an end. */
    private static final String OLD_PIPELINE = """
            BODY=$(jq -n --arg p "$PROMPT" '{prompt: $p, agent: ".claude/agents/issue-responder",
              max_budget_usd: 10, timeout_seconds: 1800, metadata: {issue: 17}}')
            JOB=$(curl -sf -X POST "$URL/execute" -H "Authorization: Bearer $TOKEN" \
              -H "Content-Type: application/json" -d "$BODY" | jq -r '.job_id')
            while true; do
              sleep 0.2
              RESULT=$(curl -sf "$URL/jobs/$JOB" -H "Authorization: Bearer $TOKEN")
              STATUS=$(echo "$RESULT" | jq -r '.status')
              echo "Status: $STATUS"
              if [ "$STATUS" != "running" ]; then break; fi
            done
            echo "$RESULT" | jq -r '.output[]' | jq -r .result
            EXIT=$(echo "$RESULT" | jq -r '.exit_code')
            [ "$STATUS" = "completed" ] && [ "$EXIT" = 0 ]
            """;

    @Test
    void aPipelineThatNobodyChangedWaitsForAJobThatWaitsAndForOneThatRuns() throws Exception {
        Tools.need("curl");
        Tools.need("jq");
        String first = Jobs.submit(
                Map.of("agent", "stub-waits", "prompt", "wait-for:" + folder.resolve("old"), "priority", 1));
        await().atMost(Duration.ofSeconds(60)).until(() -> Jobs.get(first).getString("started_at") != null);
        Map<String, String> environment = Map.of(
                "URL",
                RestAssured.baseURI + ":" + RestAssured.port,
                "TOKEN",
                ServiceUnderTest.TOKEN,
                "PROMPT",
                "It's \"down\": $(id). <<fake text>>");

        try (Shell.Running pipeline = Shell.sh(folder).start(environment, "", "-ec", OLD_PIPELINE)) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> pipeline.out().lines().count() > 2);
            Files.createFile(folder.resolve("old"));
            Shell.Ran ran = pipeline.await();

            assertThat(ran.code()).as(ran.err()).isZero();
            assertThat(ran.out())
                    .startsWith("Status: running\nStatus: running\n")
                    .endsWith("Status: completed\nHello from the fake model.\n")
                    .doesNotContain("queued");
        }
        assertThat(Jobs.authorized()
                        .get("/jobs?metadata.issue=17&limit=1")
                        .jsonPath()
                        .getString("jobs[0].agent"))
                .isEqualTo("issue-responder");
    }
}
