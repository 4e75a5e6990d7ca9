package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same request sent again. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class IdempotencyTest {

    private static final String BODY = "{\"prompt\": \"hi\", \"agent\": \"stub-after-result\"}";

    private final String key = "build " + UUID.randomUUID();

    @TempDir
    Path folder;

    private static ValidatableResponse post(String key, String body) {
        return Jobs.authorized()
                .header("Idempotency-Key", key)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/execute")
                .then();
    }

    private static String id(ValidatableResponse response) {
        return response.statusCode(202).extract().path("job_id");
    }

    @Test
    void theSameRequestGivesTheSameJobAsItStandsNow() throws IOException {
        Path signal = folder.resolve("go");
        String body = "{\"prompt\": \"wait-for:%s\", \"agent\": \"stub-waits\"}".formatted(signal);
        ValidatableResponse first = post(key, body).header("Idempotency-Replayed", nullValue());

        ValidatableResponse meanwhile = post(key, body);
        Files.createFile(signal);
        Jobs.awaitFinal(id(first));
        ValidatableResponse afterwards = post(key, body);

        assertThat(id(meanwhile)).isEqualTo(id(first));
        meanwhile.header("Idempotency-Replayed", equalTo("true"));
        assertThat(id(afterwards)).isEqualTo(id(first));
        afterwards
                .header("Idempotency-Replayed", equalTo("true"))
                .header("Location", containsString(id(first)))
                .body("status", equalTo("completed"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"agent\":\"stub-after-result\",\"prompt\":\"hi\"}",
                "{\"prompt\": \"h\\u0069\", \"agent\": \".claude/agents/stub-after-result.md\"}",
                "{\"prompt\": \"hi\", \"agent\": \"stub-after-result\", \"timeout_seconds\": 2700, \"model\": null}",
                "{\"prompt\": \"hi\", \"agent\": \"stub-after-result\", \"max_budget_usd\": 5.00, \"metadata\": {}}"
            })
    void whatIsSaidInOtherWordsIsTheSameRequest(String body) {
        String first = id(post(key, BODY));

        assertThat(id(post(key, body))).isEqualTo(first);
    }

    @Test
    void anotherRequestWithTheSameKeyIsRefused() {
        String first = id(post(key, BODY));

        post(key, BODY.replace("hi", "ho"))
                .statusCode(409)
                .contentType(startsWith("application/problem+json"))
                .body("type", equalTo("urn:claude-agent-service:problem:idempotency-key-reused"))
                .body("detail", containsString(first));
    }

    @Test
    void withoutAKeyOrWithAnotherOneARequestMakesANewJob() {
        String first = id(post(key, BODY));

        assertThat(id(post(key + "'", BODY))).isNotEqualTo(first);
        assertThat(Jobs.submit("stub-after-result", "hi")).isNotEqualTo(first);
    }

    @Test
    void manyAtOnceMakeOneJob() {
        List<CompletableFuture<Response>> sent = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            sent.add(CompletableFuture.supplyAsync(
                    () -> post(key, BODY).extract().response()));
        }

        List<Response> answers = sent.stream().map(CompletableFuture::join).toList();

        assertThat(answers).extracting(Response::statusCode).containsOnly(202);
        assertThat(answers.stream().map(answer -> answer.<String>path("job_id")).distinct())
                .hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.header("Idempotency-Replayed") == null))
                .hasSize(1);
    }

    @Test
    void aRequestThatWasRefusedUsesUpNoKey() {
        post(key, BODY.replace("stub-after-result", "nobody")).statusCode(422);

        post(key, BODY).statusCode(202).header("Idempotency-Replayed", nullValue());
    }

    @Test
    void aStartRateDoesNotKeepAReplayOut() {
        String body = BODY.replace("stub-after-result", "once");
        String first = id(post(key, body));
        post(key + "'", body).statusCode(429);

        assertThat(id(post(key, body))).isEqualTo(first);
    }

    static List<String> notKeys() {
        return List.of("", "k".repeat(256), "schl\u00fcssel", "a\tb");
    }

    @ParameterizedTest
    @MethodSource("notKeys")
    void whatIsNoKeyIsRefused(String key) {
        post(key, BODY).statusCode(400).body("detail", containsString("255 printable"));
    }

    @Test
    void theLongestKeyIsTakenAndTwoAreNot() {
        post("k".repeat(255 - key.length()) + key, BODY).statusCode(202);

        Jobs.authorized()
                .header("Idempotency-Key", key, "other")
                .contentType(ContentType.JSON)
                .body(BODY)
                .post("/execute")
                .then()
                .statusCode(400);
    }
}
