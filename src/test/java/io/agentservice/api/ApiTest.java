package io.agentservice.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers see on the wire. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class ApiTest {

    private static final String TYPE = "urn:claude-agent-service:problem:";

    @TempDir
    Path folder;

    private static ValidatableResponse post(String body) {
        return Jobs.authorized()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/execute")
                .then();
    }

    private static void isProblem(ValidatableResponse response, int status, String type) {
        response.statusCode(status)
                .contentType(startsWith("application/problem+json"))
                .body("type", equalTo(TYPE + type))
                .body("status", equalTo(status))
                .body("title", notNullValue())
                .body("detail", notNullValue());
    }

    private static org.hamcrest.Matcher<String> startsWith(String text) {
        return org.hamcrest.Matchers.startsWith(text);
    }

    @Test
    void anAcceptedJobSaysWhereItIs() {
        var response = post("{\"prompt\": \"hi\", \"agent\": \"stub-after-result\", \"metadata\": {\"issue\": 7}}");

        String id = response.statusCode(202)
                .body("status", equalTo("queued"))
                .header("Retry-After", notNullValue())
                .extract()
                .path("job_id");
        assertThat(response.extract().header("Location")).endsWith("/jobs/" + id);
        assertThat(response.extract().<String>path("links.self")).isEqualTo("/jobs/" + id);
        assertThat(response.extract().<String>path("links.events")).isEqualTo("/jobs/" + id + "/events");
        assertThat(Jobs.get(id).getInt("metadata.issue")).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stub-after-result",
                ".claude/agents/stub-after-result",
                ".claude/agents/stub-after-result.md",
                "./.claude/agents/stub-after-result",
                "stub-after-result.md"
            })
    void anAgentIsFoundAsPipelinesNameIt(String agent) {
        String id = Jobs.submit(agent, "hi");

        assertThat(Jobs.get(id).getString("agent")).isEqualTo("stub-after-result");
        assertThat(Jobs.awaitFinal(id).getString("status")).isEqualTo("completed");
    }

    @Test
    void anUnknownAgentIsRefusedWithTheKnownOnes() {
        var response = post("{\"prompt\": \"hi\", \"agent\": \"nobody\"}");

        isProblem(response, 422, "unknown-agent");
        response.body("agents", hasItem("issue-responder")).body("detail", containsString("nobody"));
    }

    @Test
    void theAgentsOfTheWorkspaceAreListed() {
        JsonPath agents = Jobs.authorized()
                .get("/agents")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();

        assertThat(agents.getString("agents.find { it.name == 'reader' }.model"))
                .isEqualTo("haiku");
        assertThat(agents.getList("agents.find { it.name == 'issue-responder' }.tools"))
                .isEqualTo(List.of("Bash", "Read", "Write"));
        assertThat(agents.getString("agents.find { it.name == 'issue-responder' }.description"))
                .isEqualTo("The issue-responder of the tests.");
        assertThat(agents.getList("agents.name")).doesNotContain("notes");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"agent": "reader"}                                                     | prompt          | required
            {"prompt": "hi"}                                                        | agent           | required
            {"prompt": " ", "agent": "reader"}                                      | prompt          | blank
            {"prompt": 7, "agent": "reader"}                                        | prompt          | string
            {"prompt": "hi", "agent": "../../etc/passwd"}                           | agent           | letters
            {"prompt": "hi", "agent": "reader", "max_budget_usd": 0}                | max_budget_usd  | at least 0.000001
            {"prompt": "hi", "agent": "reader", "max_budget_usd": 1000}             | max_budget_usd  | at most
            {"prompt": "hi", "agent": "reader", "max_budget_usd": "5"}              | max_budget_usd  | number
            {"prompt": "hi", "agent": "reader", "timeout_seconds": -1}              | timeout_seconds | more than 0
            {"prompt": "hi", "agent": "reader", "timeout_seconds": 1.5}             | timeout_seconds | whole number
            {"prompt": "hi", "agent": "reader", "timeout_seconds": 1000000}         | timeout_seconds | at most
            {"prompt": "hi", "agent": "reader", "model": "a b"}                     | model           | name of a model
            {"prompt": "hi", "agent": "reader", "metadata": []}                     | metadata        | object
            {"prompt": "hi", "agent": "reader", "budget": 5}                        | budget          | unknown field
            """)
    void aWrongFieldIsNamed(String body, String field, String message) {
        var response = post(body);

        isProblem(response, 400, "invalid-request");
        response.body("errors.field", hasItem(field)).body("errors.message", hasItem(containsString(message)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "\"x\"",
                "{\"prompt\": \"a\", \"prompt\": \"b\", \"agent\": \"reader\"}",
                "{\"prompt\": \"a\", \"agent\": \"reader\"} {}",
                "{\"prompt\": NaN, \"agent\": \"reader\"}"
            })
    void whatIsNotOneJsonObjectIsRefused(String body) {
        isProblem(post(body), 400, "invalid-request");
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        post("{\"max_budget_usd\": -1, \"timeout_seconds\": 0, \"colour\": 1}")
                .statusCode(400)
                .body("errors.size()", equalTo(5));
    }

    @Test
    void aPromptOfOneMebibyteIsTakenAndALongerOneIsNot() {
        String longest = "p".repeat(1 << 20);

        post("{\"prompt\": \"%s\", \"agent\": \"stub-after-result\"}".formatted(longest))
                .statusCode(202);
        isProblem(post("{\"prompt\": \"%sp\", \"agent\": \"reader\"}".formatted(longest)), 400, "invalid-request");
    }

    @Test
    void metadataHasBounds() {
        String deep = "{\"a\":".repeat(9) + "1" + "}".repeat(9);
        String large = "{\"a\":\"" + "m".repeat(16_384) + "\"}";

        post("{\"prompt\": \"hi\", \"agent\": \"reader\", \"metadata\": %s}".formatted(deep))
                .statusCode(400)
                .body("errors[0].message", containsString("nested"));
        post("{\"prompt\": \"hi\", \"agent\": \"reader\", \"metadata\": %s}".formatted(large))
                .statusCode(400)
                .body("errors[0].message", containsString("bytes"));
    }

    @Test
    void aBodyBeyondTheLimitIsRefusedUnread() {
        isProblem(post("x".repeat(9 << 20)), 413, "body-too-large");
    }

    @Test
    void theDefaultsAreThoseOfTheContract() {
        JsonPath job = Jobs.get(Jobs.submit("stub-after-result", "hi"));

        assertThat(job.getDouble("max_budget_usd")).isEqualTo(5.0);
        assertThat(job.getInt("timeout_seconds")).isEqualTo(2700);
        assertThat(job.getMap("metadata")).isEmpty();
        assertThat(job.getString("model")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Bearer wrong", "Bearer", "Bearer ", "Basic YTpi", "bearer: x", "Bearer a-token-for-test"})
    void withoutTheTokenNothingIsAnswered(String authorization) {
        for (String path : List.of("/jobs/" + "0".repeat(8), "/agents", "/jobs/x/events")) {
            var request = given();
            if (!authorization.isEmpty()) {
                request.header("Authorization", authorization);
            }
            var response = request.get(path).then();
            isProblem(response, 401, "unauthorized");
            response.header(
                    "WWW-Authenticate", authorization.isEmpty() ? equalTo("Bearer") : startsWith("Bearer error="));
        }
    }

    @Test
    void submittingNeedsTheTokenToo() {
        isProblem(
                given().contentType(ContentType.JSON)
                        .body("{}")
                        .post("/execute")
                        .then(),
                401,
                "unauthorized");
    }

    @Test
    void theSchemeIsReadInAnyCase() {
        given().header("Authorization", "bearer " + ServiceUnderTest.TOKEN)
                .get("/agents")
                .then()
                .statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/jobs/01234567-89ab-7cde-8f01-23456789abcd", "/jobs/nonsense", "/jobs/1/events"})
    void anUnknownJobIsAProblem(String path) {
        isProblem(Jobs.authorized().get(path).then(), 404, "job-not-found");
    }

    @Test
    void whatJaxRsRefusesIsAProblemToo() {
        isProblem(Jobs.authorized().get("/nowhere").then(), 404, "not-found");
        isProblem(Jobs.authorized().put("/agents").then(), 405, "method-not-allowed");
        Jobs.authorized().put("/jobs/x").then().statusCode(405).header("Allow", "DELETE, GET");
        isProblem(
                Jobs.authorized()
                        .contentType("text/plain")
                        .body("hi")
                        .post("/execute")
                        .then(),
                415,
                "unsupported-media-type");
        isProblem(Jobs.authorized().accept("application/xml").get("/agents").then(), 406, "not-acceptable");
    }

    @Test
    void healthKeepsItsShape() {
        given().get("/health")
                .then()
                .statusCode(200)
                .body("status", equalTo("ok"))
                .body("busy", equalTo(false))
                .body("capacity", equalTo(10))
                .body("active", notNullValue())
                .body("queued", notNullValue());
    }

    @Test
    void theProbesAnswer() {
        for (String probe : List.of("live", "ready", "started")) {
            given().get("/q/health/" + probe).then().statusCode(200).body("status", equalTo("UP"));
        }
    }

    @Test
    void aStreamGoesOnAfterTheLastEventIdInEveryState() throws IOException {
        Path signal = folder.resolve("go");
        String id = Jobs.submit("stub-waits", "wait-for:" + signal);
        List<SseEvent> first;
        try (var stream = Jobs.follow(id, "", Optional.empty())) {
            first = stream.until(event -> event.is("message"));
        }
        long last = first.get(first.size() - 1).id();

        List<SseEvent> rest;
        try (var stream = Jobs.follow(id, "", Optional.of(Long.toString(last)))) {
            Files.createFile(signal);
            rest = stream.toEnd();
        }

        List<SseEvent> whole = Jobs.events(id);
        assertThat(rest).isEqualTo(whole.subList((int) last, whole.size()));
        assertThat(whole.get(whole.size() - 1).json().getString("status")).isEqualTo("completed");
        try (var stream = Jobs.follow(id, "", Optional.of("4"))) {
            assertThat(stream.toEnd()).isEqualTo(whole.subList(4, whole.size()));
        }
    }

    @Test
    void whoClaimsToHaveSeenMoreThanThereIsDisturbsNobodyAndGetsWhatComesNext() throws IOException {
        Path signal = folder.resolve("go");
        String id = Jobs.submit("stub-waits", "wait-for:" + signal);
        List<SseEvent> ahead;
        List<SseEvent> usual;
        try (var first = Jobs.follow(id, "", Optional.of("999999"));
                var second = Jobs.follow(id, "", Optional.empty())) {
            second.until(event -> event.is("message"));
            Files.createFile(signal);
            usual = second.toEnd();
            ahead = first.toEnd();
        }

        assertThat(ahead).endsWith(usual.toArray(SseEvent[]::new));
        assertThat(usual.get(usual.size() - 1).json().getString("status")).isEqualTo("completed");
    }

    @Test
    void whoComesLaterReadsTheSameBytes() throws IOException {
        Path signal = folder.resolve("go");
        String id = Jobs.submit("stub-waits", "wait-for:" + signal);
        List<SseEvent> live;
        try (var early = Jobs.follow(id, "", Optional.empty())) {
            early.until(event -> event.is("message"));
            Files.createFile(signal);
            live = early.toEnd();
        }

        List<SseEvent> later = Jobs.events(id);

        assertThat(later).endsWith(live.toArray(SseEvent[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "1.5", "99999999999999999999"})
    void aLastEventIdThatIsNoNumberIsRefused(String lastEventId) {
        String id = Jobs.submit("stub-after-result", "hi");

        isProblem(
                Jobs.authorized()
                        .header("Last-Event-ID", lastEventId)
                        .get("/jobs/" + id + "/events")
                        .then(),
                400,
                "invalid-request");
    }

    @Test
    void aStreamHasTheHeadersThatProxiesNeed() {
        String id = Jobs.submit("stub-after-result", "hi");

        Jobs.authorized()
                .get("/jobs/" + id + "/events")
                .then()
                .statusCode(200)
                .header("Content-Type", "text/event-stream;charset=UTF-8")
                .header("Cache-Control", "no-store")
                .header("X-Accel-Buffering", "no");
    }

    @Test
    void aJobThatIsNotFinalSaysWhenToAskAgain() throws IOException {
        Path signal = folder.resolve("go");
        String id = Jobs.submit("stub-waits", "wait-for:" + signal);

        Jobs.authorized().get("/jobs/" + id).then().header("Retry-After", matchesPattern("[0-9]+"));
        Files.createFile(signal);
        Jobs.awaitFinal(id);

        assertThat(Jobs.authorized().get("/jobs/" + id).header("Retry-After")).isNull();
    }

    @Test
    void aCallerThatHangsUpWhileSubmittingLeavesNoJobBehind() throws IOException {
        String body = "{\"prompt\": \"hi\", \"agent\": \"stub-after-result\"}";
        String request =
                "POST /execute HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(ServiceUnderTest.TOKEN, body.length(), body);
        for (int i = 0; i < 20; i++) {
            try (var socket = new Socket("127.0.0.1", RestAssured.port)) {
                socket.setSoLinger(true, 0);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            }
        }

        org.awaitility.Awaitility.await()
                .untilAsserted(() ->
                        given().get("/health").then().body("active", equalTo(0)).body("queued", equalTo(0)));
    }
}
