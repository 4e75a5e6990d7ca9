package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results as scripts take them, those of the real CLI among them. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class JobResultTest {

    private static final Map<String, ?> SCHEMA = Map.of(
            "type",
            "object",
            "properties",
            Map.of("answer", Map.of("type", "integer")),
            "required",
            List.of("answer"),
            "description",
            "' \" \\ $HOME ☃");

    @Inject
    JobWaits waits;

    @TempDir
    Path folder;

    private static ValidatableResponse result(String id, String query) {
        return Jobs.authorized().get("/jobs/" + id + "/result" + query).then();
    }

    private static String structured(String script) {
        return Jobs.submit(
                Map.of("agent", "structured", "prompt", "The answer? <<fake " + script + ">>", "json_schema", SCHEMA));
    }

    /** Runs curl as a script would. */
    private static Curl curl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "-H"));
        command.add("Authorization: Bearer " + ServiceUnderTest.TOKEN);
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Curl(process.waitFor(), out);
    }

    private record Curl(int code, String out) {}

    private static String url(String id, String query) {
        return "%s:%d/jobs/%s/result%s".formatted(RestAssured.baseURI, RestAssured.port, id, query);
    }

    @Test
    void theResultOfACompletedJobIsItsTextAndNothingElse() {
        String id = Jobs.submit("issue-responder", "Say it. <<fake [{\"text\":\"Grüße\\n\\n  ☃ <b>\"}]>>");

        result(id, "?wait=60s")
                .statusCode(200)
                .header("Content-Type", equalTo("text/plain;charset=UTF-8"))
                .header("X-Content-Type-Options", equalTo("nosniff"))
                .body(equalTo("Grüße\n\n  ☃ <b>"));
    }

    @Tag("full")
    @Test
    void aResultOfMegabytesComesWhole() {
        String id = Jobs.submit("issue-responder", "Much. <<fake [{\"big\":3000000}]>>");

        assertThat(result(id, "?wait=60s").statusCode(200).extract().asString()).hasSize(3_000_000);
    }

    @Test
    void structuredOutputIsTheResultOfAJobThatAsksForIt() {
        String id = structured("[{\"tool\":\"StructuredOutput\",\"input\":{\"answer\":42}}]");

        result(id, "?wait=60s")
                .statusCode(200)
                .header("Content-Type", startsWith("application/json"))
                .body(equalTo("{\"answer\":42}"));
        assertThat(Jobs.get(id).getInt("structured_output.answer")).isEqualTo(42);
    }

    @Test
    void anAgentThatGivesNoStructuredOutputHasFailed() {
        String id = structured("[{\"text\":\"Forty-two.\"}]");

        JsonPath job = Jobs.awaitFinal(id);

        assertThat(job.getString("status")).isEqualTo("failed");
        assertThat(job.getString("reason")).isEqualTo("no_structured_output");
        assertThat(job.getInt("exit_code")).as("the CLI says success").isZero();
        assertThat(job.getDouble("total_cost_usd")).isPositive();
        result(id, "").statusCode(424).body("reason", equalTo("no_structured_output"));
    }

    @Test
    void anAgentWhoseStructuredOutputIsNeverValidHasFailed() {
        String wrong = "{\"tool\":\"StructuredOutput\",\"input\":{\"answer\":\"x\"}}";

        JsonPath job = Jobs.awaitFinal(structured("[" + (wrong + ",").repeat(7) + wrong + "]"));

        assertThat(job.getString("reason")).isEqualTo("no_structured_output");
        assertThat(job.getString("error")).contains("/answer: must be integer");
    }

    @Test
    void aSchemaThatOnlyTheCliCanJudgeFailsTheJobWithItsWords() {
        var schema = Map.of("type", "object", "properties", Map.of("a", Map.of("pattern", "(")));
        String id = Jobs.submit(Map.of("agent", "structured", "prompt", "hi", "json_schema", schema));

        JsonPath job = Jobs.awaitFinal(id);

        assertThat(job.getString("reason")).isEqualTo("start");
        assertThat(job.getString("error")).contains("Invalid regular expression");
    }

    @Test
    void aSchemaThatCannotBeOneIsRefused() {
        Jobs.authorized()
                .contentType("application/json")
                .body(Map.of("agent", "structured", "prompt", "hi", "json_schema", Map.of("type", "array")))
                .post("/execute")
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo("json_schema"))
                .body("errors[0].message", containsString("at its top"));
    }

    @Test
    void anAgentThatMayNotUseTheToolForItIsNotAskedForStructuredOutput() {
        Jobs.authorized()
                .contentType("application/json")
                .body(Map.of("agent", "reader", "prompt", "hi", "json_schema", SCHEMA))
                .post("/execute")
                .then()
                .statusCode(403)
                .body("detail", containsString("add StructuredOutput to the tools"));
    }

    @Tag("full")
    @Test
    void theLargestSchemaReachesTheCli() {
        Map<String, Object> schema = new java.util.HashMap<>(SCHEMA);
        schema.put("description", "x".repeat(65_000));
        String id = Jobs.submit(Map.of(
                "agent",
                "structured",
                "prompt",
                "<<fake [{\"tool\":\"StructuredOutput\",\"input\":{\"answer\":42}}]>>",
                "json_schema",
                schema));

        assertThat(Jobs.awaitFinal(id).getString("status")).isEqualTo("completed");
    }

    @Test
    void aFailedJobIsAProblemThatSaysWhyAndMakesCurlFail() throws Exception {
        String id = Jobs.submit("stub-exit-3", "hi");
        Jobs.awaitFinal(id);

        result(id, "?wait=60s")
                .statusCode(424)
                .contentType(startsWith("application/problem+json"))
                .body("type", equalTo("urn:claude-agent-service:problem:job-failed"))
                .body("job_status", equalTo("failed"))
                .body("reason", equalTo("no_result"))
                .body("error", containsString("exit code 3"))
                .body("detail", containsString("cannot go on"));
        assertThat(curl("-f", "--retry", "3", url(id, "")))
                .as("and it is not tried again")
                .isEqualTo(new Curl(22, ""));
    }

    @Test
    void aTimedOutAndACancelledJobHaveNoResult() {
        String timedOut = Jobs.submit(Map.of("agent", "stub-talks", "prompt", "hi", "timeout_seconds", 1));
        String cancelled = Jobs.submit("stub-talks", "hi");
        Jobs.authorized().post("/jobs/" + cancelled + "/cancel").then().statusCode(202);

        result(timedOut, "?wait=60s")
                .statusCode(424)
                .body("type", containsString("job-timeout"))
                .body("job_status", equalTo("timeout"))
                .body("reason", equalTo("wall_clock"));
        result(cancelled, "?wait=60s")
                .statusCode(424)
                .body("type", containsString("job-cancelled"))
                .body("job_status", equalTo("cancelled"));
    }

    @Test
    void aJobThatHasNotEndedIsNoResultYet() throws Exception {
        Path signal = folder.resolve("go");
        String id = Jobs.submit("stub-waits", "wait-for:" + signal);
        await().until(() -> Jobs.get(id).getString("status").equals("running"));

        result(id, "")
                .statusCode(408)
                .header("Retry-After", notNullValue())
                .body("type", containsString("job-not-finished"))
                .body("job_status", equalTo("running"))
                .body("$", not(org.hamcrest.Matchers.hasKey("reason")));
        assertThat(curl("-f", url(id, "")).code()).isEqualTo(22);
        Files.createFile(signal);
    }

    @Test
    void curlWaitsForTheEndAndPrintsTheResult() throws Exception {
        Path signal = folder.resolve("go");
        String id = Jobs.submit("stub-waits", "wait-for:" + signal);
        var printed = CompletableFuture.supplyAsync(() -> {
            try {
                return curl("-f", "--retry", "100", url(id, "?wait=1"));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> waits.size() > 0);
        await().until(() -> waits.size() == 0);
        Files.createFile(signal);

        assertThat(printed.get()).isEqualTo(new Curl(0, "waited"));
    }

    @Test
    void thereIsNoResultOfNoJob() {
        result("nothing", "").statusCode(404).contentType(startsWith("application/problem+json"));
    }
}
