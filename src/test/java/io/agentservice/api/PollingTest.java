package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers who ask again and again, and those who wait for the answer. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class PollingTest {

    @Inject
    JobWaits waits;

    @ConfigProperty(name = "quarkus.http.idle-timeout")
    Duration idleTimeout;

    @TempDir
    Path folder;

    private Path signal() {
        return folder.resolve("go");
    }

    /** @return the id of a job that runs until {@link #letGo} */
    private String running() {
        String id = Jobs.submit("stub-waits", "wait-for:" + signal());
        await().until(() -> Jobs.get(id).getString("status").equals("running"));
        return id;
    }

    @AfterEach
    void letGo() throws IOException {
        if (!Files.exists(signal())) {
            Files.createFile(signal());
        }
    }

    private static Response poll(String id, String wait) {
        return Jobs.authorized().queryParam("wait", wait).get("/jobs/" + id);
    }

    private static Duration took(Runnable action) {
        long begin = System.nanoTime();
        action.run();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private void letGoWhenSomebodyWaits() {
        CompletableFuture.runAsync(() -> {
            await().until(() -> waits.size() > 0);
            try {
                letGo();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"30s", "30", "30000ms"})
    void aWaitEndsWithTheNextStatus(String wait) {
        String id = running();
        letGoWhenSomebodyWaits();

        Duration took = took(() -> poll(id, wait).then().statusCode(200).body("status", equalTo("completed")));

        assertThat(took).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void aWaitEndsWhenItsTimeIsUpWithTheJobAsItStands() {
        String id = running();

        Duration took = took(() -> poll(id, "700ms").then().statusCode(200).body("status", equalTo("running")));

        assertThat(took).isBetween(Duration.ofMillis(650), Duration.ofSeconds(10));
        assertThat(waits.size()).isZero();
    }

    @Test
    void nobodyWaitsForAJobThatHasEnded() throws IOException {
        String id = running();
        letGo();
        Jobs.awaitFinal(id);

        assertThat(took(() -> poll(id, "60s").then().statusCode(200))).isLessThan(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"61s", "2m", "61000ms", "-1", "soon", "1h", "99999999999"})
    void aWaitThatIsNoneOrTooLongIsRefused(String wait) {
        poll(UUID.randomUUID().toString(), wait)
                .then()
                .statusCode(400)
                .contentType(startsWith("application/problem+json"))
                .body("detail", containsString("wait"));
    }

    @Test
    void theServersIdleTimeoutIsLongerThanTheLongestWait() {
        assertThat(idleTimeout).isGreaterThan(WaitTime.LONGEST.plusSeconds(10));
    }

    @Test
    void whatTheCallerHasIsNotSentAgain() throws IOException {
        String id = running();
        String tag = Jobs.authorized().get("/jobs/" + id).header("ETag");
        RequestSpecification conditional = Jobs.authorized().header("If-None-Match", "\"other\", W/" + tag);

        conditional
                .get("/jobs/" + id)
                .then()
                .statusCode(304)
                .header("ETag", equalTo(tag))
                .body(is(""));
        letGo();
        Jobs.awaitFinal(id);
        conditional
                .get("/jobs/" + id)
                .then()
                .statusCode(200)
                .header("ETag", org.hamcrest.Matchers.not(tag))
                .body("status", equalTo("completed"));
    }

    @Test
    void aWaitWithATagIsForWhatIsNewerThanThat() throws IOException {
        String id = running();
        String tag = Jobs.authorized().get("/jobs/" + id).header("ETag");
        RequestSpecification conditional = Jobs.authorized().header("If-None-Match", tag);

        conditional.queryParam("wait", "300ms").get("/jobs/" + id).then().statusCode(304);
        letGo();
        Jobs.awaitFinal(id);

        assertThat(took(() -> Jobs.authorized()
                        .header("If-None-Match", tag)
                        .queryParam("wait", "60s")
                        .get("/jobs/" + id)
                        .then()
                        .statusCode(200)
                        .body("status", equalTo("completed"))))
                .as("what was missed since is news already")
                .isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aPlaceInTheLineHasATagOfItsOwn() {
        running();
        String waiting = Jobs.submit(java.util.Map.of(
                "agent", "stub-waits", "prompt", "wait-for:" + signal(), "concurrency_key", folder.toString()));
        String behind = Jobs.submit(java.util.Map.of(
                "agent", "stub-waits", "prompt", "wait-for:" + signal(), "concurrency_key", folder.toString()));
        await().until(() -> Jobs.get(waiting).getString("status").equals("running"));
        String tag = Jobs.authorized().get("/jobs/" + behind).header("ETag");

        assertThat(tag).matches("\"0-\\d+-concurrency_key\"");
    }

    @Test
    void aWaitingCallerWhoLeavesLeavesNothingBehind() throws IOException {
        String id = running();
        try (Socket socket = new Socket("127.0.0.1", RestAssured.port)) {
            socket.getOutputStream()
                    .write("GET /jobs/%s?wait=60s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
                            .formatted(id, ServiceUnderTest.TOKEN)
                            .getBytes(StandardCharsets.US_ASCII));
            await().until(() -> waits.size() == 1);
        }

        await().atMost(Duration.ofSeconds(5)).until(() -> waits.size() == 0);
    }

    @Tag("full")
    @Test
    void aThousandWaitWithoutAThreadEach() throws IOException {
        String id = running();
        var pool = Executors.newFixedThreadPool(4);
        var client = HttpClient.newBuilder()
                .executor(pool)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        var request = HttpRequest.newBuilder(
                        URI.create("%s:%d/jobs/%s?wait=60s".formatted(RestAssured.baseURI, RestAssured.port, id)))
                .header("Authorization", "Bearer " + ServiceUnderTest.TOKEN)
                .build();
        int before = ManagementFactory.getThreadMXBean().getThreadCount();

        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, 1000)
                .mapToObj(i -> client.sendAsync(request, BodyHandlers.ofString()))
                .toList();
        await().atMost(Duration.ofSeconds(40)).until(() -> waits.size() == 1000);
        int waiting = ManagementFactory.getThreadMXBean().getThreadCount();
        letGo();

        assertThat(waiting - before).isLessThan(40);
        assertThat(sent).allSatisfy(each -> assertThat(each.join().body()).contains("\"status\":\"completed\""));
        assertThat(waits.size()).isZero();
        pool.shutdown();
    }

    private Response execute(String prefer, String prompt) {
        return Jobs.authorized()
                .header("Prefer", prefer)
                .contentType(ContentType.JSON)
                .body(java.util.Map.of("agent", "stub-waits", "prompt", prompt))
                .post("/execute");
    }

    @Test
    void aSubmissionThatPrefersToWaitIsAnsweredWithTheFinishedJob() throws IOException {
        letGo();

        Response response = execute("respond-async, wait=60", "wait-for:" + signal());

        response.then()
                .statusCode(200)
                .header("Preference-Applied", equalTo("wait=60"))
                .header("Location", containsString("/jobs/"))
                .header("Retry-After", nullValue())
                .body("status", equalTo("completed"))
                .body("result", equalTo("waited"));
    }

    @Test
    void aSubmissionThatIsNotFinishedInTimeIsAccepted() {
        Response response = execute("wait=1", "wait-for:" + signal());

        response.then()
                .statusCode(202)
                .header("Preference-Applied", equalTo("wait=1"))
                .header("Retry-After", equalTo("1"))
                .body("status", equalTo("running"));
    }

    @Test
    void aLongerPreferenceIsCutDownAndOneThatIsNoneIsPassedOver() throws IOException {
        letGo();

        execute("wait=3600", "wait-for:" + signal())
                .then()
                .statusCode(200)
                .header("Preference-Applied", equalTo("wait=60"));
        execute("wait=long", "wait-for:" + signal()).then().statusCode(202).header("Preference-Applied", nullValue());
    }

    @Test
    void aJobWhoseCallerLeavesIsCarriedOut() throws IOException {
        String batch = UUID.randomUUID().toString();
        String body = "{\"agent\":\"stub-waits\",\"prompt\":\"wait-for:%s\",\"metadata\":{\"batch\":\"%s\"}}"
                .formatted(signal(), batch);
        try (Socket socket = new Socket("127.0.0.1", RestAssured.port)) {
            socket.getOutputStream()
                    .write(("POST /execute HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nPrefer: wait=60\r\n"
                                    + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s")
                            .formatted(ServiceUnderTest.TOKEN, body.length(), body)
                            .getBytes(StandardCharsets.US_ASCII));
            await().until(() -> waits.size() == 1);
        }
        await().until(() -> waits.size() == 0);
        letGo();

        String id = Jobs.authorized().get("/jobs?metadata.batch=" + batch).path("jobs[0].job_id");
        assertThat(Jobs.awaitFinal(id).getString("status")).isEqualTo("completed");
    }
}
