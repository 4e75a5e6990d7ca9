package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callers see of jobs that were removed, in a service that keeps them for a moment only. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
@TestProfile(RetentionTest.ShortMemory.class)
@Tag("full")
class RetentionTest {

    /** Jobs go a second after their end. */
    public static final class ShortMemory implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "agent-service.store.job-ttl", "1s",
                    "agent-service.store.retention-interval", "200ms");
        }
    }

    @ConfigProperty(name = "agent-service.workspace.jobs-directory")
    Path jobs;

    @TempDir
    Path folder;

    private static void isGone(ValidatableResponse response, String id) {
        response.statusCode(410)
                .contentType(startsWith("application/problem+json"))
                .body("type", equalTo("urn:claude-agent-service:problem:job-gone"))
                .body("detail", containsString(id))
                .body("detail", containsString("removed at 20"));
    }

    private static void awaitGone(String id) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Jobs.authorized().get("/jobs/" + id).statusCode() == 410);
    }

    @Test
    void aRemovedJobIsGoneEverywhereAndSaysSo() {
        String id = Jobs.submit(Map.of("agent", "stub-after-result", "prompt", "hi", "metadata", Map.of("t", "gone")));

        awaitGone(id);

        isGone(Jobs.authorized().get("/jobs/" + id).then(), id);
        isGone(Jobs.authorized().get("/jobs/" + id + "/events").then(), id);
        isGone(Jobs.authorized().post("/jobs/" + id + "/cancel").then(), id);
        isGone(Jobs.authorized().delete("/jobs/" + id).then(), id);
        Jobs.authorized().get("/jobs?metadata.t=gone").then().statusCode(200).body("jobs", empty());
        await().until(() -> !Files.exists(jobs.resolve("conversations").resolve(id)));
    }

    @Test
    void aJobThatRunsStaysWithAllThatItSaid() throws IOException {
        Path signal = folder.resolve("go");
        String running = Jobs.submit("stub-waits", "wait-for:" + signal);
        String other = Jobs.submit("stub-after-result", "hi");

        awaitGone(other);

        assertThat(Jobs.get(running).getString("status")).isEqualTo("running");
        assertThat(jobs.resolve("conversations").resolve(running)).isDirectory();
        Files.createFile(signal);
        assertThat(Jobs.events(running)).isNotEmpty();
        awaitGone(running);
    }

    @Test
    void aKeyWhoseJobIsGoneMakesNoSecondOne() {
        String key = UUID.randomUUID().toString();
        String body = "{\"agent\": \"stub-after-result\", \"prompt\": \"hi\"}";
        String id = submit(key, body).statusCode(202).extract().path("job_id");
        awaitGone(id);

        isGone(submit(key, body), id);
        submit(key, body.replace("hi", "ho")).statusCode(409);
    }

    private static ValidatableResponse submit(String key, String body) {
        return Jobs.authorized()
                .header("Idempotency-Key", key)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/execute")
                .then();
    }
}
