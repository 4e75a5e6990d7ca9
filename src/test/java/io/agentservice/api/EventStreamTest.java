package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.RawStream;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.agentservice.testing.SseReader;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of server-sent events: what is in them, where they begin and when they are over. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class EventStreamTest {

    @TempDir
    Path folder;

    private static SseReader followAll(String query, Optional<String> lastEventId) {
        return SseReader.open(
                URI.create("%s:%d/jobs/events%s".formatted(RestAssured.baseURI, RestAssured.port, query)), lastEventId);
    }

    private static String finished() {
        String id = Jobs.submit("stub-counts", "count");
        Jobs.awaitFinal(id);
        return id;
    }

    private static int status(String path, Map<String, String> headers) {
        return Jobs.authorized().headers(headers).get(path).statusCode();
    }

    @Test
    void onlyTheTypesThatWereAskedForCome() {
        String id = finished();
        List<SseEvent> wanted = Jobs.events(id).stream()
                .filter(event -> event.is("message") || event.is("result"))
                .toList();

        try (var stream = Jobs.follow(id, "?types=message,result", Optional.empty())) {
            assertThat(stream.toEnd()).isEqualTo(wanted).hasSize(21);
        }
        try (var stream = Jobs.follow(id, "?types=message&types=result", Optional.empty())) {
            assertThat(stream.toEnd()).isEqualTo(wanted);
        }
    }

    @Test
    void whatIsPassedOverIsSeenSoThatAFilteredStreamEndsForGood() {
        String id = finished();
        long last = Jobs.events(id).size();

        try (var stream = Jobs.follow(id, "?types=message", Optional.empty())) {
            assertThat(stream.toEnd()).hasSize(20);
            assertThat(stream.lastId()).isEqualTo(last);
        }
        try (var stream = Jobs.follow(id, "?types=truncated", Optional.empty())) {
            assertThat(stream.toEnd()).isEmpty();
            assertThat(stream.lastId()).isEqualTo(last);
        }
    }

    @Test
    void aFilteredStreamThatIsLiveEndsAtTheLastEventToo() throws IOException {
        Path signal = folder.resolve("go");
        String id = Jobs.submit("stub-waits", "wait-for:" + signal);
        try (var stream = Jobs.follow(id, "?types=message", Optional.empty())) {
            assertThat(stream.next().orElseThrow().text()).isEqualTo("waiting");
            Files.createFile(signal);

            assertThat(stream.toEnd()).extracting(SseEvent::text).containsExactly("waited");
            assertThat(stream.lastId()).isEqualTo(Jobs.events(id).size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"messages", "", "message,", "message,no", "delta"})
    void anUnknownTypeIsRefusedWithTheKnownOnes(String types) {
        Jobs.authorized()
                .get("/jobs/" + finishedOnce() + "/events?types=" + types)
                .then()
                .statusCode(400)
                .body("errors", hasSize(1))
                .body("errors[0].field", equalTo("types"))
                .body("errors[0].message", containsString("status, message, thinking, tool_call, tool_result"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"type=message", "deltas=yes", "after=-1", "after=x", "after=1&after=2", "agent=reader"})
    void whatIsNotUnderstoodIsRefused(String query) {
        Jobs.authorized()
                .get("/jobs/" + finishedOnce() + "/events?" + query)
                .then()
                .statusCode(400)
                .body("errors", hasSize(1));
    }

    private static String once;

    private static synchronized String finishedOnce() {
        if (once == null) {
            once = finished();
        }
        return once;
    }

    @Test
    void aStreamBeginsAfterTheEventThatTheClientNames() {
        String id = finishedOnce();
        List<SseEvent> all = Jobs.events(id);

        try (var stream = Jobs.follow(id, "?after=7", Optional.empty())) {
            assertThat(stream.toEnd()).isEqualTo(all.subList(7, all.size()));
        }
    }

    @Test
    void ofTwoSuchNamesTheHeaderWinsForItIsNewer() {
        String id = finishedOnce();
        List<SseEvent> all = Jobs.events(id);

        try (var stream = Jobs.follow(id, "?after=7", Optional.of("12"))) {
            assertThat(stream.toEnd()).isEqualTo(all.subList(12, all.size()));
        }
        try (var stream = Jobs.follow(id, "?after=12", Optional.of("7"))) {
            assertThat(stream.toEnd()).isEqualTo(all.subList(7, all.size()));
        }
    }

    @Test
    void aFinishedJobThatIsOpenedAtItsEndHasNoContent() {
        String id = finishedOnce();
        int last = Jobs.events(id).size();
        String path = "/jobs/" + id + "/events";

        assertThat(status(path, Map.of("Last-Event-ID", "" + last))).isEqualTo(204);
        assertThat(status(path + "?after=" + last, Map.of())).isEqualTo(204);
        assertThat(status(path + "?types=message&after=" + last, Map.of())).isEqualTo(204);
        assertThat(status(path, Map.of("Last-Event-ID", "" + (last + 9)))).isEqualTo(204);
        assertThat(status(path, Map.of("Last-Event-ID", "" + (last - 1)))).isEqualTo(200);
    }

    @Test
    void aJobThatRunsAndIsOpenedAtItsEndIsFollowed() throws IOException {
        Path signal = folder.resolve("go");
        String id = Jobs.submit("stub-waits", "wait-for:" + signal);
        long last;
        try (var stream = Jobs.follow(id, "", Optional.empty())) {
            stream.until(event -> event.is("message"));
            last = stream.lastId();
        }
        try (var stream = Jobs.follow(id, "?after=" + last, Optional.empty())) {
            Files.createFile(signal);
            assertThat(stream.toEnd())
                    .isNotEmpty()
                    .first()
                    .extracting(SseEvent::id)
                    .isEqualTo(last + 1);
        }
    }

    @Test
    void aStreamSaysAtOnceWhenToComeBackAndWhereItBegins() throws IOException {
        Path signal = folder.resolve("go");
        String id = Jobs.submit("stub-waits", "wait-for:" + signal);

        try (var stream = RawStream.open("/jobs/" + id + "/events")) {
            stream.until("retry: 2000\n\n");
        }
        try (var stream = RawStream.open("/jobs/" + id + "/events?after=1")) {
            stream.until("retry: 2000\nid: 1\n\n");
        }
        Files.createFile(signal);
        Jobs.awaitFinal(id);
    }

    @Test
    void theChangesOfAllJobsComeInOrderWithWhatADashboardShows() {
        String mark = UUID.randomUUID().toString();
        try (var stream = followAll("?metadata.mark=" + mark, Optional.empty())) {
            String id = Jobs.submit(
                    Map.of("agent", "stub-after-result", "prompt", "hi", "metadata", Map.of("mark", mark, "n", 7)));

            List<SseEvent> changes =
                    stream.until(event -> event.json().getString("status").equals("completed"));

            assertThat(changes).allMatch(event -> event.is("status"));
            assertThat(changes)
                    .extracting(event -> event.json().getString("status"))
                    .containsExactly("queued", "running", "completed");
            assertThat(changes).extracting(SseEvent::id).isSorted().doesNotHaveDuplicates();
            var last = changes.get(2).json();
            assertThat(last.getString("job_id")).isEqualTo(id);
            assertThat(last.getString("agent")).isEqualTo("stub-after-result");
            assertThat(last.getInt("metadata.n")).isEqualTo(7);
            assertThat(last.getString("at")).isNotBlank();
            assertThat(last.getLong("sequence")).isEqualTo(Jobs.events(id).size());
        }
    }

    @Test
    void aDashboardChoosesByAgentAndMetadata() {
        String mark = UUID.randomUUID().toString();
        long start;
        try (var stream = followAll("", Optional.empty())) {
            finishedOf("stub-after-result", Map.of("mark", mark, "on", true));
            stream.next();
            start = stream.lastId() - 1;
        }
        finishedOf("stub-after-result", Map.of("mark", "other"));
        String wanted = finishedOf("stub-counts", Map.of("mark", mark, "on", true));

        assertThat(jobs(start, "&agent=stub-counts&metadata.mark=" + mark)).isEqualTo(Set.of(wanted));
        assertThat(jobs(start, "&metadata.mark=" + mark + "&metadata.on=true")).hasSize(2);
    }

    private static String finishedOf(String agent, Map<String, ?> metadata) {
        String id = Jobs.submit(Map.of("agent", agent, "prompt", "hi", "metadata", metadata));
        Jobs.awaitFinal(id);
        return id;
    }

    /** The jobs that a resumed stream tells about up to a new job, which everybody is told about. */
    private static Set<String> jobs(long after, String query) {
        Set<String> seen = new java.util.HashSet<>();
        try (var stream = followAll("?after=" + after + query, Optional.empty())) {
            for (Optional<SseEvent> next; (next = stream.next()).isPresent(); ) {
                seen.add(next.get().json().getString("job_id"));
                boolean last = next.get().json().getString("agent").equals("stub-counts")
                        && next.get().json().getString("status").equals("completed");
                if (last) {
                    return seen;
                }
            }
        }
        return fail("the stream ended");
    }

    @Test
    void aDashboardThatWasAwayGoesOnWhereItWas() {
        String mark = UUID.randomUUID().toString();
        long lastId;
        try (var stream = followAll("?metadata.mark=" + mark, Optional.empty())) {
            finishedOf("stub-after-result", Map.of("mark", mark));
            stream.next();
            lastId = stream.lastId();
        }
        finishedOf("stub-after-result", Map.of("mark", mark));

        try (var stream = followAll("?metadata.mark=" + mark, Optional.of("" + lastId))) {
            List<String> statuses = Stream.generate(stream::next)
                    .limit(5)
                    .map(event -> event.orElseThrow().json().getString("status"))
                    .toList();
            assertThat(statuses).containsExactly("running", "completed", "queued", "running", "completed");
        }
    }

    @Test
    void aDashboardKnowsWhereItBeganEvenIfNothingHappens() throws IOException {
        finishedOnce();
        try (var stream = RawStream.open("/jobs/events?agent=nobody")) {
            assertThat(stream.until("retry: 2000\nid: ") + stream.until("\n\n")).doesNotContain("data:");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"agent=no%20agent", "types=status", "after=x", "status=running", "metadata.=x"})
    void whatADashboardCannotAskForIsRefused(String query) {
        Jobs.authorized().get("/jobs/events?" + query).then().statusCode(400).body("errors", hasSize(1));
    }

    @Test
    void aStreamComesOverHttp2AsWell() throws Exception {
        Path signal = folder.resolve("go");
        String id = Jobs.submit("stub-waits", "wait-for:" + signal);
        var uri = URI.create("%s:%d/jobs/%s/events".formatted(RestAssured.baseURI, RestAssured.port, id));
        var request = HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + ServiceUnderTest.TOKEN)
                .build();
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();

        HttpResponse<Stream<String>> response = client.send(request, HttpResponse.BodyHandlers.ofLines());
        Files.createFile(signal);
        List<String> lines =
                response.body().filter(line -> line.startsWith("data: ")).toList();

        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(lines)
                .isEqualTo(Jobs.events(id).stream()
                        .map(event -> "data: " + event.data())
                        .toList());
    }

    @Test
    void requestsOfOneConnectionOverHttp2DoNotStopEachOther() {
        var request = HttpRequest.newBuilder(URI.create(RestAssured.baseURI + ":" + RestAssured.port + "/metrics"))
                .timeout(Duration.ofSeconds(20))
                .build();
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        client.sendAsync(request, HttpResponse.BodyHandlers.discarding()).join();

        for (int round = 0; round < 20; round++) {
            List<CompletableFuture<HttpResponse<Void>>> sent = IntStream.range(0, 25)
                    .mapToObj(i -> client.sendAsync(request, HttpResponse.BodyHandlers.discarding()))
                    .toList();
            assertThat(sent)
                    .allSatisfy(each -> assertThat(each.join().statusCode()).isEqualTo(200));
        }
    }

    @Test
    void aClientThatSpeaksHttp2FromTheStartIsServedToo() throws Exception {
        String id = finishedOnce();

        Process curl = new ProcessBuilder(
                        "curl",
                        "-sSN",
                        "--http2-prior-knowledge",
                        "-w",
                        "http/%{http_version}",
                        "-H",
                        "Authorization: Bearer " + ServiceUnderTest.TOKEN,
                        "%s:%d/jobs/%s/events".formatted(RestAssured.baseURI, RestAssured.port, id))
                .redirectErrorStream(true)
                .start();
        String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(said).endsWith("http/2").contains("\"status\":\"completed\"");
        assertThat(said.lines().filter(line -> line.startsWith("id: ")))
                .hasSize(Jobs.events(id).size());
    }
}
