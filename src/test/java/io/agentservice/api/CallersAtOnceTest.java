package io.agentservice.api;

import static io.agentservice.api.TokenHolders.as;
import static io.agentservice.api.TokenHolders.cancel;
import static io.agentservice.api.TokenHolders.submit;
import static io.agentservice.api.TokenHolders.tried;
import static io.agentservice.api.TokenHolders.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.testing.AccessSurroundings;
import io.agentservice.testing.Given;
import io.agentservice.testing.LogCapture;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.agentservice.testing.SseReader;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Callers beside each other: what one of them may have, and what it learns of the others. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
@WithTestResource(AccessSurroundings.class)
@TestProfile(TokenHolders.Profile.class)
@Tag("full")
class CallersAtOnceTest {

    private static final int AT_ONCE = 12;

    @Given(AccessSurroundings.TOKENS_FILE)
    Path tokens;

    private static List<Response> manyAtOnce(String name, String agent) {
        List<CompletableFuture<Response>> answers = IntStream.range(0, AT_ONCE)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> tried(name, agent)))
                .toList();
        return answers.stream().map(CompletableFuture::join).toList();
    }

    private static List<String> taken(List<Response> answers) {
        assertThat(answers).extracting(Response::statusCode).containsOnly(202, 429);
        return answers.stream()
                .filter(answer -> answer.statusCode() == 202)
                .map(answer -> answer.<String>path("job_id"))
                .toList();
    }

    @Test
    void asManyJobsAsMayBeUnfinishedAreTakenOfManyAtOnce() {
        List<String> jobs = taken(manyAtOnce("burst", "stub-waits"));

        assertThat(jobs).hasSize(3);
        jobs.forEach(job -> cancel("burst", job));
    }

    @Test
    void asManyJobsAsAnHourMayHaveAreTakenOfManyAtOnce() {
        List<Response> answers = manyAtOnce("hourly", "stub-after-result");

        assertThat(taken(answers)).hasSize(3);
        Response refused = answers.stream()
                .filter(answer -> answer.statusCode() == 429)
                .findFirst()
                .orElseThrow();
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(3000, 3600);
    }

    @Test
    void theSameKeyOfTwoCallersAreTwoKeys() {
        String key = "build " + UUID.randomUUID();
        String alices = keyed("alice", key).then().statusCode(202).extract().path("job_id");
        Response bobs = keyed("bob", key);

        assertThat(bobs.statusCode()).isEqualTo(202);
        assertThat(bobs.header("Idempotency-Replayed")).isNull();
        assertThat(bobs.<String>path("job_id")).isNotEqualTo(alices);
        assertThat(keyed("alice", key).<String>path("job_id")).isEqualTo(alices);
        cancel("alice", alices);
        cancel("bob", bobs.path("job_id"));
    }

    private static Response keyed(String name, String key) {
        return as(name).header("Idempotency-Key", key)
                .body(Map.of("agent", "stub-waits", "prompt", "wait"))
                .post("/execute");
    }

    private static SseReader follow(String path, String token) {
        return SseReader.open(
                URI.create("%s:%d%s".formatted(RestAssured.baseURI, RestAssured.port, path)), Optional.empty(), token);
    }

    @Test
    void theFeedOfAllJobsHasNothingOfAnothers() {
        for (String query : List.of("", "?after=0", "?agent=stub-waits")) {
            try (var feed = follow("/jobs/events" + query, "bob-secret")) {
                String alices = submit("alice");
                String bobs = submit("bob");
                List<SseEvent> seen = feed.until(event -> event.data().contains(bobs));

                assertThat(seen).as(query).isNotEmpty();
                assertThat(seen).as(query).noneMatch(event -> event.data().contains(alices));
                cancel("alice", alices);
                cancel("bob", bobs);
            }
        }
    }

    private static void sql(String sql) throws SQLException {
        String file = ConfigProvider.getConfig().getValue("agent-service.store.file", String.class);
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=5000");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void aCancelThatCannotBeNotedIsACancelAllTheSame() throws SQLException {
        String job = submit("alice");
        sql("""
            CREATE TRIGGER no_room BEFORE INSERT ON audit WHEN NEW.action = 'cancelled' AND NEW.who = 'alice'
            BEGIN SELECT RAISE(ABORT, 'not today'); END""");
        try (var log = LogCapture.of("io.agentservice")) {
            cancel("alice", job);

            assertThat(log.lines())
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("what was done is not in the audit log who=alice action=cancelled jobId=" + job)
                            .contains("not today"));
        } finally {
            sql("DROP TRIGGER no_room");
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> as("alice").get("/jobs/" + job).path("status").equals("cancelled"));
    }

    private static String visitor(String value) {
        return "tokens: {visitor: {values: [%s], roles: [submit, read, cancel]}}".formatted(value);
    }

    private static void awaitStatus(String token, int status) {
        await().until(() -> with(token).get("/jobs").statusCode() == status);
    }

    @Test
    void aTokenThatLeavesItsMountedFileTakesItsStreamsWithIt() throws IOException {
        Path mount = tokens.getParent();
        AccessSurroundings.mount(mount, visitor("v-one"));
        awaitStatus("v-one", 200);
        String job = with("v-one")
                .body(Map.of("agent", "stub-waits", "prompt", "wait"))
                .post("/execute")
                .path("job_id");

        try (var ofJob = follow("/jobs/" + job + "/events", "v-one");
                var ofAll = follow("/jobs/events", "v-one")) {
            ofJob.until(event -> event.is("message"));
            AccessSurroundings.mount(mount, visitor("v-two"));
            awaitStatus("v-two", 200);
            // Replaced, not taken away: for the grace time it is as good as the new one.
            assertThat(with("v-one").get("/jobs/" + job).statusCode()).isEqualTo(200);

            AccessSurroundings.mount(mount, "tokens: {}");
            awaitStatus("v-one", 401);

            assertThat(ofJob.toEnd()).noneMatch(event -> event.data().contains("completed"));
            ofAll.toEnd();
        }
        assertThat(with("v-two").get("/jobs/" + job).statusCode()).isEqualTo(401);
        as("boss").post("/jobs/" + job + "/cancel").then().statusCode(202);
    }

    @Test
    void aFileThatIsWrittenInPlaceIsAsGoodAndABrokenOneLetsNobodyElseIn() throws IOException {
        Path file = tokens.toRealPath();
        Files.writeString(file, visitor("in-place"));
        awaitStatus("in-place", 200);

        Files.writeString(file, "tokens: {visitor: {values: [hush-hush");
        await().until(() -> RestAssured.get("/q/health").asString().contains("what a file of tokens holds"));
        assertThat(with("in-place").get("/jobs").statusCode()).isEqualTo(200);
        assertThat(with("hush-hush").get("/jobs").statusCode()).isEqualTo(401);
        assertThat(RestAssured.get("/q/health").asString()).doesNotContain("hush-hush");
        Files.writeString(file, "tokens: {}");
        awaitStatus("in-place", 401);
    }

    @Test
    void anAddressThatKnocksTooOftenHearsSoAndAGoodTokenFromThereIsLetInAllTheSame() throws IOException {
        String bad = "GET /jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer guess-%d\r\n\r\n";
        String good =
                "GET /jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice-secret\r\nConnection: close\r\n\r\n";
        try (var socket = new Socket()) {
            // Another address of this machine: those of the other tests are not to suffer.
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.2"), 0));
            socket.connect(new InetSocketAddress("127.0.0.1", RestAssured.port));
            socket.setSoTimeout(30_000);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(socket, bad, good));
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            sent.join();

            assertThat(answers.split("HTTP/1.1 401 ", -1)).hasSize(501);
            assertThat(answers.split("HTTP/1.1 429 ", -1)).hasSize(21);
            assertThat(answers.split("HTTP/1.1 200 ", -1)).hasSize(2);
            assertThat(answers).contains("too-many-refusals").containsIgnoringCase("Retry-After: ");
        }
        assertThat(as("nobody").get("/jobs").statusCode())
                .as("from another address")
                .isEqualTo(401);
    }

    private static void send(Socket socket, String bad, String good) {
        try {
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < 520; i++) {
                out.write(bad.formatted(i).getBytes(StandardCharsets.US_ASCII));
            }
            out.write(good.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
