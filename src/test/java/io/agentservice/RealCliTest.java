package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.testing.Given;
import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.agentservice.testing.StandInApi;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole service with the real CLI, which talks to the scripted stand-in for the model's API. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class RealCliTest {

    private static final String AGENT = "issue-responder";

    @Given("agent-service.agent.api-base-url")
    String api;

    @Given("agent-service.workspace.jobs-directory")
    Path jobsDirectory;

    @Test
    void aPromptIsAnswered() {
        JsonPath job = Jobs.run(AGENT, "Say hello. <<fake text>>");

        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(job.getString("result")).isEqualTo("Hello from the fake model.");
        assertThat(job.getInt("exit_code")).isZero();
        assertThat(job.getInt("attempt")).isEqualTo(1);
        assertThat(job.getInt("num_turns")).isEqualTo(1);
        assertThat(job.getDouble("total_cost_usd")).isPositive();
        assertThat(job.getInt("usage.output_tokens")).isEqualTo(10);
        assertThat(job.getString("error")).isNull();
        assertThat(job.getString("reason")).isNull();
        assertThat(job.getList("permission_denials")).isEmpty();
        assertThat(Instant.parse(job.getString("finished_at"))).isAfter(Instant.parse(job.getString("started_at")));
    }

    @Test
    void outputIsTheResultAsOneJsonLine() {
        JsonPath job = Jobs.run(AGENT, "Say hello. <<fake text>>");

        List<String> output = job.getList("output");
        assertThat(output).hasSize(1);
        var line = new JsonPath(output.get(0));
        assertThat(line.getString("type")).isEqualTo("result");
        assertThat(line.getString("session_id")).isEqualTo(job.getString("session_id"));
        assertThat(line.getString("result")).isEqualTo(job.getString("result"));
    }

    @Test
    void everyStepOfARunIsAnEvent() {
        String id = Jobs.submit(AGENT, "Look. <<fake bash>>");

        List<SseEvent> events = Jobs.events(id);

        assertThat(events.stream().map(SseEvent::event))
                .containsExactly(
                        "status",
                        "status",
                        "status",
                        "usage",
                        "message",
                        "tool_call",
                        "usage",
                        "tool_result",
                        "usage",
                        "message",
                        "usage",
                        "result",
                        "status");
        assertThat(events.stream().map(SseEvent::id))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, events.size()).boxed().toList());
        assertThat(events.get(0).json().getString("status")).isEqualTo("queued");
        assertThat(events.get(1).json().getString("status")).isEqualTo("running");
        assertThat(events.get(2).json().getString("phase")).isEqualTo("initialized");
        assertThat(events.get(2).json().getString("detail.session_id"))
                .isEqualTo(Jobs.get(id).getString("session_id"));
        assertThat(events.get(5).json().getString("input.command")).isEqualTo("echo from-bash");
        assertThat(events.get(7).json().getString("content")).isEqualTo("from-bash");
        assertThat(events.get(12).json().getString("status")).isEqualTo("completed");
    }

    @Test
    void wordsArriveWhileTheModelWritesThem() {
        String id = Jobs.submit(AGENT, "Slowly. <<fake [{\"deltas\":12,\"every\":100}]>>");

        List<SseEvent> untilFirstWord;
        List<SseEvent> rest;
        String statusMeanwhile;
        try (var stream = Jobs.follow(id, "?deltas=true", Optional.empty())) {
            untilFirstWord = stream.until(event -> event.is("delta"));
            statusMeanwhile = Jobs.get(id).getString("status");
            rest = stream.toEnd();
        }

        assertThat(statusMeanwhile).isEqualTo("running");
        List<SseEvent> deltas = Stream.concat(untilFirstWord.stream(), rest.stream())
                .filter(event -> event.is("delta"))
                .toList();
        SseEvent message =
                rest.stream().filter(event -> event.is("message")).findFirst().orElseThrow();
        assertThat(deltas).allMatch(delta -> delta.id() == -1).hasSizeGreaterThan(5);
        assertThat(message.text())
                .endsWith(String.join("", deltas.stream().map(SseEvent::text).toList()));
        assertThat(rest.indexOf(message)).isGreaterThan(rest.lastIndexOf(deltas.get(deltas.size() - 1)));
    }

    @Test
    void deltasAreNotShownUnasked() {
        String id = Jobs.submit(AGENT, "Slowly. <<fake [{\"deltas\":3,\"every\":50}]>>");

        assertThat(Jobs.events(id)).noneMatch(event -> event.is("delta"));
    }

    @Test
    void anErrorOfTheApiFailsTheJobAlthoughTheCliCallsItSuccess() {
        JsonPath job = Jobs.run(AGENT, "Fail. <<fake [{\"status\":400}]>>");

        assertThat(job.getString("status")).isEqualTo("failed");
        assertThat(job.getString("reason")).isEqualTo("api_error");
        assertThat(job.getString("error")).isEqualTo("API Error: 400 fake 400");
        assertThat(job.getInt("exit_code")).isEqualTo(1);
        assertThat(new JsonPath(job.<String>getList("output").get(0)).getString("subtype"))
                .isEqualTo("success");
    }

    @Test
    void retriesAreShownAndThenTheJobFails() {
        String id = Jobs.submit("impatient", "Overloaded. <<fake e529>>");

        List<SseEvent> events = Jobs.events(id);

        assertThat(events.stream()
                        .filter(event -> event.is("retry"))
                        .map(event -> event.json().getInt("http_status")))
                .containsExactly(529, 529);
        assertThat(Jobs.get(id).getString("status")).isEqualTo("failed");
        assertThat(Jobs.get(id).getString("reason")).isEqualTo("api_error");
    }

    @Test
    void aSpentBudgetFailsTheJobWithItsCost() {
        String turn = "{\"tool\":\"Bash\",\"input\":{\"command\":\"echo 1\"},\"usage\":{\"output_tokens\":1000}}";
        String id = Jobs.submit(Map.of(
                "agent", AGENT, "prompt", "Spend. <<fake [%s,%s]>>".formatted(turn, turn), "max_budget_usd", 0.01));

        JsonPath job = Jobs.awaitFinal(id);

        assertThat(job.getString("status")).isEqualTo("failed");
        assertThat(job.getString("reason")).isEqualTo("budget");
        assertThat(job.getString("error")).contains("budget");
        assertThat(job.getDouble("total_cost_usd")).isGreaterThan(0.01);
    }

    @Test
    void aSpentUsageLimitFailsTheJobWithItsReset() {
        long reset = Instant.now().getEpochSecond() + 3600;
        String id = Jobs.submit("subscriber", "Too much. <<fake [" + rejected(reset) + "]>>");

        List<SseEvent> events = Jobs.events(id);

        SseEvent limit = events.stream()
                .filter(event -> event.is("rate_limit"))
                .findFirst()
                .orElseThrow();
        assertThat(limit.json().getString("status")).isEqualTo("rejected");
        assertThat(limit.json().getLong("detail.resetsAt")).isEqualTo(reset);
        assertThat(Jobs.get(id).getString("reason")).isEqualTo("usage_limit");
    }

    @Test
    @Tag("full")
    void aUsageLimitParksAJobUntilItsResetAndItGoesOnWithItsConversation() {
        long reset = Instant.now().getEpochSecond() + 20;
        String look = "{\"tool\":\"Bash\",\"input\":{\"command\":\"echo looked\"},\"usage\":{\"input_tokens\":100000}}";
        String limited = rejected(reset).replace("{\"status\"", "{\"times\":1,\"text\":\"and done\",\"status\"");
        String id =
                Jobs.submit("patient", "Look twice %s. <<fake [%s,%s]>>".formatted(UUID.randomUUID(), look, limited));

        JsonPath parked = await().atMost(Duration.ofSeconds(30))
                .until(() -> Jobs.get(id), job -> "usage_limit".equals(job.getString("queue.waiting_for")));

        assertThat(parked.getString("status")).isEqualTo("queued");
        assertThat(Instant.parse(parked.getString("queue.until"))).isEqualTo(Instant.ofEpochSecond(reset));
        JsonPath job = Jobs.awaitFinal(id);
        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(job.getInt("attempt")).as("a usage limit uses up no attempt").isEqualTo(1);
        assertThat(Instant.parse(job.getString("finished_at"))).isAfterOrEqualTo(Instant.ofEpochSecond(reset));
        assertThat(Jobs.statuses(id)).containsExactly("queued", "running", "queued", "running", "completed");
        assertThat(job.getDouble("total_cost_usd"))
                .as("the CLI's total of the second run includes the first, which is booked once")
                .isEqualTo(0.2004);
        assertThat(job.getBoolean("cost_estimated")).isFalse();
    }

    private static String rejected(long reset) {
        return """
                {"status":429,"headers":{"anthropic-ratelimit-unified-status":"rejected",\
                "anthropic-ratelimit-unified-reset":"%1$d",\
                "anthropic-ratelimit-unified-representative-claim":"five_hour",\
                "anthropic-ratelimit-unified-5h-utilization":"1.0","anthropic-ratelimit-unified-5h-reset":"%1$d"}}""".formatted(reset);
    }

    @Test
    @Tag("full")
    void anAnswerOfEightMebibytesIsKeptWhole() {
        String id = Jobs.submit(AGENT, "Much. <<fake [{\"big\":8388608}]>>");

        SseEvent message = Jobs.events(id).stream()
                .filter(event -> event.is("message"))
                .findFirst()
                .orElseThrow();

        assertThat(message.text()).hasSize(8 << 20).matches("x+");
        assertThat(Jobs.get(id).getString("result")).hasSize(8 << 20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/cost and more",
                "/compact",
                "//cost",
                "-p --help",
                "!ls",
                "# remember",
                "look at @/etc/hostname",
                " /cost",
                "ünïcödé ☃ \uD83D\uDE80"
            })
    void aPromptReachesTheModelAsExactlyThatText(String words) throws Exception {
        String token = UUID.randomUUID().toString();
        String prompt = words + " " + token;

        JsonPath job = Jobs.run(AGENT, prompt);

        assertThat(job.getString("status")).isEqualTo("completed");
        List<JsonPath> requests = StandInApi.requestsWith(api, token);
        assertThat(requests).hasSize(1);
        List<String> blocks = requests.get(0).getList("body.messages[0].content.text");
        assertThat(String.join("", blocks)).endsWith(prompt).doesNotContain(hostname());
    }

    private static String hostname() throws Exception {
        return Files.readString(Path.of("/etc/hostname")).strip();
    }

    @Test
    void theAgentsProcessSeesOnlyWhatIsAllowed() {
        JsonPath events = toolResultOf("env | sort");

        List<String> names = events.getString("content")
                .lines()
                .map(line -> line.split("=")[0])
                .toList();
        assertThat(names)
                .contains("PATH", "HOME", "TMPDIR", "CLAUDE_CONFIG_DIR", "ANTHROPIC_BASE_URL")
                .doesNotContain("API_BEARER_TOKEN", "MAVEN_OPTS", "JAVA_HOME", "USER", "SHLVL_OF_THE_SERVICE");
        assertThat(events.getString("content")).doesNotContain(ServiceUnderTest.TOKEN);
    }

    private static JsonPath toolResultOf(String command) {
        String script =
                "<<fake [{\"tool\":\"Bash\",\"input\":{\"command\":\"%s\"}},{\"text\":\"done\"}]>>".formatted(command);
        String id = Jobs.submit(AGENT, "Run it. " + script);
        return Jobs.events(id).stream()
                .filter(event -> event.is("tool_result"))
                .findFirst()
                .orElseThrow()
                .json();
    }

    @Test
    void theTemporaryFolderIsGoneWhenTheStatusIsFinalAndTheConversationIsKept() {
        String temporary = toolResultOf("echo $TMPDIR").getString("content");
        String conversation = toolResultOf("echo $CLAUDE_CONFIG_DIR").getString("content");

        assertThat(Path.of(temporary)).isAbsolute().doesNotExist();
        assertThat(Path.of(conversation).resolve("projects")).isDirectory();
        assertThat(Path.of(conversation)).startsWithRaw(jobsDirectory.toAbsolutePath());
    }

    @Test
    void nothingRunsInTheBackground() {
        String script = "<<fake [{\"tool\":\"Bash\",\"input\":{\"command\":\"sleep 600\",\"run_in_background\":true}},"
                + "{\"text\":\"done\"}]>>";

        JsonPath job = Jobs.run(AGENT, "Behind my back. " + script);

        assertThat(job.getString("status")).isEqualTo("completed");
    }

    @Test
    void aPermissionModeOfThePolicyHolds() {
        String script =
                "<<fake [{\"tool\":\"Bash\",\"input\":{\"command\":\"touch forbidden\"}},{\"text\":\"done\"}]>>";

        JsonPath job = Jobs.run("careful", "Touch it. " + script);

        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(job.getList("permission_denials.tool_name")).containsExactly("Bash");
    }

    @Test
    void theModelOfTheRequestIsUsed() throws Exception {
        String token = UUID.randomUUID().toString();

        Jobs.awaitFinal(Jobs.submit(Map.of("agent", "reader", "prompt", token, "model", "sonnet")));
        Jobs.awaitFinal(Jobs.submit(Map.of("agent", "reader", "prompt", token)));

        assertThat(StandInApi.requestsWith(api, token).stream().map(request -> request.getString("body.model")))
                .containsExactly("claude-sonnet-5-5", "claude-haiku-5-5");
    }

    @Test
    @Tag("full")
    void aJobPastItsTimeoutIsEndedWithItsCost() {
        String script = "<<fake [{\"tool\":\"Bash\",\"input\":{\"command\":\"true; sleep 300\"}}]>>";
        String id = Jobs.submit(Map.of("agent", AGENT, "prompt", "Wait. " + script, "timeout_seconds", 8));

        JsonPath job = Jobs.awaitFinal(id);

        assertThat(job.getString("status")).isEqualTo("timeout");
        assertThat(job.getString("reason")).isEqualTo("wall_clock");
        assertThat(job.getDouble("total_cost_usd")).isPositive();
    }
}
