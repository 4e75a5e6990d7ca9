package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.agentservice.testing.SseReader;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs as text, and as the CLI told them, over HTTP. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class JobLogTest {

    private static final String SCRIPT = """
            <<fake [{"text":"First I look around here, \\u001b[31mcarefully\\u001b[0m.","every":20,"tool":"Bash",\
            "input":{"command":"printf 'one\\\\033[2J\\\\ntwo\\\\n'"}},\
            {"text":"Done, \\u202eit is.","every":20}]>>""";

    @TempDir
    Path folder;

    private static String log(String id, String query) {
        return Jobs.authorized()
                .get("/jobs/" + id + "/log" + query)
                .then()
                .statusCode(200)
                .header("Content-Type", equalTo("text/plain;charset=UTF-8"))
                .header("X-Accel-Buffering", equalTo("no"))
                .extract()
                .asString();
    }

    private static InputStream open(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create("%s:%d%s".formatted(RestAssured.baseURI, RestAssured.port, path)))
                .header("Authorization", "Bearer " + ServiceUnderTest.TOKEN)
                .build();
        HttpResponse<InputStream> response = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    @Test
    void aRunOfTheRealCliIsReadLiveAndReadsTheSameAfterwards() {
        String id = Jobs.submit("issue-responder", "Look. " + SCRIPT);

        String live = log(id, "?follow=true");

        assertThat(live)
                .containsPattern("\n\nFirst I look around here, carefully\\.\n\n● Bash  printf ")
                .contains("\n  ⎿ one\n    two\n\nDone, it is.\n\n✓ completed  ")
                .containsPattern(" · 2 turns · \\$0\\.\\d{4}\n$")
                .doesNotContainPattern("[\\p{Cntrl}\u0080-\u009f\u202e&&[^\n]]");
        assertThat(log(id, "")).isEqualTo(live);
        assertThat(Jobs.authorized()
                        .header("Accept", "text/plain")
                        .get("/jobs/" + id + "/events")
                        .asString())
                .isEqualTo(live);
    }

    @Test
    void wordsComeBeforeTheMessageIsComplete() throws Exception {
        String id = Jobs.submit("issue-responder", "Slowly. <<fake [{\"deltas\":40,\"every\":100}]>>");

        try (InputStream live = open("/jobs/" + id + "/log?follow=true")) {
            var seen = new StringBuilder();
            while (!seen.toString().contains("chunk-3 ")) {
                byte[] some = new byte[4096];
                int length = live.read(some);
                assertThat(length).isPositive();
                seen.append(new String(some, 0, length, StandardCharsets.UTF_8));
            }

            assertThat(Jobs.events(id).stream().filter(event -> event.is("message")))
                    .hasSize(1);
            assertThat(seen.toString()).doesNotContain("chunk-30");
            seen.append(new String(live.readAllBytes(), StandardCharsets.UTF_8));
            assertThat(seen.toString().split("chunk-7 ", -1)).as("shown once").hasSize(2);
        }
    }

    @Test
    void withoutFollowItEndsWithWhatThereIs() throws IOException {
        Path signal = folder.resolve("go");
        String id = Jobs.submit("stub-waits", "wait-for:" + signal);
        await().until(() -> log(id, "").contains("waiting\n"));

        assertThat(log(id, "")).doesNotContain("completed");
        Files.createFile(signal);
        Jobs.awaitFinal(id);
        assertThat(log(id, "")).endsWith("· 1 turn · $0.0100\n");
    }

    @Test
    void theTailIsTheLastLinesAndWhatFollows() throws IOException {
        Path signal = folder.resolve("go");
        String id = Jobs.submit("stub-waits", "wait-for:" + signal);
        await().until(() -> log(id, "").contains("waiting\n"));
        assertThat(log(id, "?tail=1")).isEqualTo("waiting\n");
        Files.createFile(signal);

        String followed = log(id, "?tail=1&follow=true");

        assertThat(followed).contains("waited\n").contains("✓ completed").doesNotContain("queued");
        List<String> all = log(id, "").lines().toList();
        assertThat(log(id, "?tail=3").lines()).isEqualTo(all.subList(all.size() - 3, all.size()));
        assertThat(log(id, "?tail=1000").lines()).isEqualTo(all);
    }

    @Test
    void theTailOfALongRunIsShort() {
        String id = Jobs.submit("stub-flood-limited", "hi");
        Jobs.awaitFinal(id);

        assertThat(log(id, "?tail=2").lines()).hasSize(2).last().asString().startsWith("✓ completed");
        assertThat(log(id, "")).contains("what follows is not recorded");
    }

    @Test
    void colourAndWidthAreAsAskedFor() {
        String id = Jobs.submit("stub-exit-3", "hi");
        Jobs.awaitFinal(id);

        assertThat(log(id, "?color=always")).contains("\u001b[31m✗ failed (no_result)\u001b[0m");
        assertThat(log(id, "?color=auto")).isEqualTo(log(id, "")).doesNotContain("\u001b");
        assertThat(log(id, "?width=40").lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(40));
    }

    private static List<SseEvent> logEvents(String id, long after) {
        var uri = URI.create("%s:%d/jobs/%s/log?follow=true".formatted(RestAssured.baseURI, RestAssured.port, id));
        try (var stream = SseReader.open(uri, Optional.of(Long.toString(after)))) {
            return stream.toEnd();
        }
    }

    private static List<String> lines(List<SseEvent> events) {
        return events.stream()
                .flatMap(event -> Stream.of(event.data().split("\n", -1)))
                .toList();
    }

    @Test
    void asEventsTheTextGoesOnWhereverAClientComesBackTo() {
        String id = Jobs.submit("issue-responder", "Look. " + SCRIPT);

        List<SseEvent> live = logEvents(id, 0);

        List<String> text = log(id, "").lines().toList();
        assertThat(lines(live)).isEqualTo(text);
        for (int seen = 0; seen < live.size() - 1; seen++) {
            List<String> rest = lines(logEvents(id, live.get(seen).id()));
            assertThat(rest).isEqualTo(lines(live.subList(seen + 1, live.size())));
        }
        Jobs.authorized()
                .header("Accept", "text/event-stream")
                .header("Last-Event-ID", live.get(live.size() - 1).id())
                .get("/jobs/" + id + "/log?follow=true")
                .then()
                .statusCode(204);
        assertThat(Jobs.authorized()
                        .header("Accept", "text/event-stream")
                        .get("/jobs/" + id + "/log?after=2&width=40")
                        .then()
                        .header("Content-Type", equalTo("text/event-stream;charset=UTF-8"))
                        .extract()
                        .asString())
                .startsWith("retry: 2000\nid: 2\n\nid: 3\ndata: ");
    }

    @ParameterizedTest
    @CsvSource({"tail=3, tail", "after=x, after", "deltas=true, deltas"})
    void asEventsItTakesItsOwnParameters(String query, String field) {
        Jobs.authorized()
                .header("Accept", "text/event-stream")
                .get("/jobs/nothing/log?" + query)
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo(field));
    }

    @ParameterizedTest
    @CsvSource({
        "tail=0, tail",
        "after=3, after",
        "tail=1001, tail",
        "tail=x, tail",
        "follow=yes, follow",
        "color=red, color",
        "width=1, width",
        "lines=7, lines"
    })
    void aWrongParameterIsNamed(String query, String field) {
        Jobs.authorized()
                .get("/jobs/nothing/log?" + query)
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo(field));
    }

    @Test
    void theOutputOfTheCliIsThereAsItCame() {
        String id = Jobs.submit("stub-after-result", "hi");
        Jobs.awaitFinal(id);

        var response =
                Jobs.authorized().get("/jobs/" + id + "/output.ndjson").then().statusCode(200);

        response.header("Content-Type", equalTo("application/x-ndjson;charset=UTF-8"));
        List<String> lines = response.extract().asString().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(1))
                .isEqualTo("{\"type\":\"assistant\",\"message\":{\"model\":\"stub\",\"content\":"
                        + "[{\"type\":\"text\",\"text\":\"one more thing\"}]}}");
        assertThat(new JsonPath(lines.get(2)).getString("result")).isEqualTo("second");
    }

    @Test
    @Tag("full")
    void aHundredThousandLinesComeWholeAndInOrder() {
        String id = Jobs.submit("stub-flood", "hi");
        Jobs.awaitFinal(id);

        byte[] all = Jobs.authorized().get("/jobs/" + id + "/output.ndjson").asByteArray();

        int lines = 0;
        for (byte b : all) {
            lines += b == '\n' ? 1 : 0;
        }
        assertThat(lines).isEqualTo(102_400 + 1);
    }

    @Test
    void aJobThatHasNotSaidAnythingHasNoOutput() {
        String id = Jobs.submit("stub-silent-exit", "hi");
        Jobs.awaitFinal(id);

        Jobs.authorized()
                .get("/jobs/" + id + "/output.ndjson")
                .then()
                .statusCode(200)
                .body(equalTo(""));
        Jobs.authorized().get("/jobs/nothing/output.ndjson").then().statusCode(404);
        Jobs.authorized().get("/jobs/nothing/log").then().statusCode(404);
    }
}
