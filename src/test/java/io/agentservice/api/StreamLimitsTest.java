package io.agentservice.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.access.Standing;
import io.agentservice.testing.Jobs;
import io.agentservice.testing.Metrics;
import io.agentservice.testing.RawStream;
import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusMock;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are quiet, that stop reading, that leave, and that may no longer be here. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
@TestProfile(StreamLimitsTest.Impatient.class)
class StreamLimitsTest {

    /** Everything that takes a minute takes a second. */
    public static final class Impatient implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "agent-service.stream.heartbeat", "200ms",
                    "agent-service.stream.stall-timeout", "1s",
                    "quarkus.http.idle-timeout", "2s");
        }
    }

    @TempDir
    Path folder;

    private final List<String> waiting = new ArrayList<>();

    private String waiting() {
        waiting.add(Jobs.submit("stub-waits", "wait-for:" + folder.resolve("go")));
        return waiting.get(waiting.size() - 1);
    }

    private void go() throws IOException {
        Files.createFile(folder.resolve("go"));
        waiting.forEach(Jobs::awaitFinal);
    }

    /** It has a hundred megabytes to say. */
    private static void cancelIfRunning(String id) {
        assertThat(Jobs.authorized().post("/jobs/" + id + "/cancel").statusCode())
                .isIn(202, 409);
        Jobs.awaitFinal(id);
    }

    private static double metric(String name) {
        return given().get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElseThrow();
    }

    private static double streams() {
        return metric("claude_agent_event_streams");
    }

    private static double tails() {
        return metric("claude_agent_event_tails");
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    @Test
    void aQuietStreamIsKeptOpenByHeartbeats() throws IOException {
        String id = waiting();
        try (var stream = RawStream.open("/jobs/" + id + "/events")) {
            stream.until("waiting");
            for (int i = 0; i < 15; i++) {
                stream.until(": still here\n\n");
            }
            go();
            stream.until("completed");
        }
    }

    @Test
    void aClientWhoseEventsArePassedOverIsToldWhereItStands() throws IOException {
        String id = waiting();
        try (var stream = RawStream.open("/jobs/" + id + "/events?types=result")) {
            assertThat(stream.until("\nid: ") + stream.until("\n\n")).doesNotContain("data: ");
            stream.until(": still here\n\n");
            go();
            stream.until("event: result\n");
        }
    }

    @Test
    void clientsThatLeaveAreGoneWithinASecondAndLeaveNothing() throws IOException {
        String id = waiting();
        long descriptorsBefore = descriptors();
        List<RawStream> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            clients.add(RawStream.open("/jobs/" + id + "/events"));
            clients.add(RawStream.open("/jobs/events"));
        }
        for (int i = 0; i < 100; i += 2) {
            clients.get(i).until("waiting");
            clients.get(i + 1).until("retry: ");
        }
        await().until(() -> streams() == 100 && tails() == 2);
        assertThat(descriptors()).isGreaterThanOrEqualTo(descriptorsBefore + 150);

        for (RawStream client : clients) {
            client.close();
        }

        await().until(() -> streams() == 0);
        assertThat(tails()).isZero();
        // The connections of these questions count, too.
        await().until(() -> descriptors() <= descriptorsBefore + 75);
        go();
    }

    @Test
    void aClientThatStopsReadingIsClosedAndTheJobGoesOn() throws Exception {
        String id = Jobs.submit("stub-flood", "flood");
        try (var stalled = RawStream.open("/jobs/" + id + "/events", 16 * 1024)) {
            stalled.until("event: message");
            await().until(() -> streams() == 1);

            await().atMost(Duration.ofSeconds(30)).until(() -> streams() == 0);
            await().atMost(Duration.ofSeconds(30)).until(() -> serverSockets() == 0);

            // What the systems of both sides held, and no more: the job has said 100 MB.
            assertThat(stalled.drain()).isLessThan(2_000_000);
        }
        assertThat(Jobs.get(id).getString("status")).isIn("running", "completed");
        cancelIfRunning(id);
    }

    /** Connections of the service with something that its client does not take. */
    private static long serverSockets() throws IOException {
        String port = "%04X".formatted(RestAssured.port);
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(StreamLimitsTest::lines)
                .map(line -> line.strip().split("\\s+"))
                .filter(field -> field[1].endsWith(":" + port) && field[3].equals("01"))
                .filter(field -> !field[4].startsWith("00000000:"))
                .count();
    }

    private static Stream<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file)).stream();
        } catch (IOException e) {
            return Stream.of();
        }
    }

    @Tag("full")
    @Test
    void overHttp2OnlyTheStreamThatIsNotReadIsClosed() throws Exception {
        String flood = Jobs.submit("stub-flood", "flood");
        String quiet = waiting();
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        var warm = client.send(request("/jobs/" + quiet), HttpResponse.BodyHandlers.ofString());
        double droppedBefore = droppedAsSlow();
        var stalled = new Stalled();
        client.sendAsync(request("/jobs/" + flood + "/events"), info -> stalled);
        var other = client.sendAsync(request("/jobs/" + quiet + "/events"), HttpResponse.BodyHandlers.ofString());
        await().until(() -> streams() == 2);

        await().atMost(Duration.ofSeconds(30)).until(() -> streams() == 1);

        assertThat(droppedAsSlow() - droppedBefore).isEqualTo(1);
        assertThat(warm.version()).isEqualTo(HttpClient.Version.HTTP_2);
        go();
        assertThat(other.get().statusCode()).isEqualTo(200);
        assertThat(other.get().version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(other.get().body()).contains("\"status\":\"completed\"");
        cancelIfRunning(flood);
    }

    private static double droppedAsSlow() {
        return Metrics.scrape().sum("claude_agent_event_streams_dropped_total", Map.of("cause", "slow"));
    }

    private static HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create(RestAssured.baseURI + ":" + RestAssured.port + path))
                .header("Authorization", "Bearer " + ServiceUnderTest.TOKEN)
                .build();
    }

    /** Takes nothing. */
    private static final class Stalled implements HttpResponse.BodySubscriber<Void> {
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        @Override
        public CompletableFuture<Void> getBody() {
            return end;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {}

        @Override
        public void onNext(List<java.nio.ByteBuffer> item) {}

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }
    }

    @Test
    void aCallerWhoMayNoLongerBeHereIsToldSoAndTheStreamEnds() throws IOException {
        var admitted = new AtomicBoolean(true);
        QuarkusMock.installMockForType(
                new Standing() {
                    @Override
                    public BooleanSupplier of(SecurityIdentity caller) {
                        return admitted::get;
                    }
                },
                Standing.class);
        String id = waiting();
        try (var ofJob = RawStream.open("/jobs/" + id + "/events");
                var ofAll = RawStream.open("/jobs/events")) {
            ofJob.until("waiting");
            ofAll.until(": still here\n\n");

            admitted.set(false);

            ofJob.until(": this token is no longer valid\n\n");
            ofAll.until(": this token is no longer valid\n\n");
            await().until(() -> streams() == 0);
        }
        go();
    }
}
