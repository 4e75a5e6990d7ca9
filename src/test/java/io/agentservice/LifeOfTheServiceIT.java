package io.agentservice;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.Processes;
import io.agentservice.testing.ServiceProcess;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service is stopped, killed and started again, with jobs under way. */
@Tag("native")
class LifeOfTheServiceIT {

    private final ServiceUnderTest surroundings = new ServiceUnderTest();
    private final Map<String, String> config = new HashMap<>();
    private ServiceProcess service;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws IOException {
        config.putAll(surroundings.start());
        config.put("agent-service.queue.drain-grace", "8s");
        config.put("agent-service.queue.max-concurrency", "1");
        config.put("agent-service.queue.max-depth", "2");
        service = ServiceProcess.start(config);
    }

    @AfterEach
    void stop() {
        service.close();
        surroundings.stop();
    }

    private static String bash(String command) {
        return "Run it. <<fake [{\"tool\":\"Bash\",\"input\":{\"command\":\"%s\"}},{\"text\":\"done\"}]>>"
                .formatted(command);
    }

    private static void awaitEvent(String id, String type) {
        try (var stream = Jobs.follow(id, "", Optional.empty())) {
            stream.until(event -> event.is(type));
        }
    }

    @Test
    void aDrainLetsAJobEndAnswersMeanwhileAndTakesNothingNew() throws Exception {
        Path signal = folder.resolve("go");
        String running = Jobs.submit("stub-waits", "wait-for:" + signal);
        awaitEvent(running, "message");
        String waiting = Jobs.submit("stub-after-result", "hi");
        CompletableFuture<List<SseEvent>> followed = CompletableFuture.supplyAsync(() -> Jobs.events(running));

        service.terminate();

        await().untilAsserted(() -> Jobs.authorized()
                .contentType("application/json")
                .body(Map.of("agent", "reader", "prompt", "hi"))
                .post("/execute")
                .then()
                .statusCode(503)
                .header("Retry-After", org.hamcrest.Matchers.notNullValue()));
        assertThat(Jobs.get(running).getString("status")).isEqualTo("running");
        assertThat(given().get("/q/health/ready").statusCode()).isEqualTo(503);
        Files.createFile(signal);
        List<SseEvent> events = followed.get();
        assertThat(events.get(events.size() - 1).json().getString("status")).isEqualTo("completed");
        assertThat(service.awaitExit(20)).isTrue();

        service = ServiceProcess.start(config);
        assertThat(Jobs.get(running).getString("status")).isEqualTo("completed");
        assertThat(Jobs.awaitFinal(waiting).getString("status")).isEqualTo("completed");
    }

    @Test
    @Tag("full")
    void aDrainInterruptsWhatTakesTooLongAndTheNextLifeGoesOnWithItsConversation() throws Exception {
        String token = "7" + Long.toString(System.nanoTime()).substring(4);
        String id = Jobs.submit("issue-responder", bash("true; sleep " + token));
        awaitEvent(id, "tool_call");
        await().until(() -> !Processes.with(token).isEmpty());

        service.terminate();
        assertThat(service.awaitExit(30)).isTrue();

        assertThat(Processes.with(token)).isEmpty();
        service = ServiceProcess.start(config);
        JsonPath job = Jobs.awaitFinal(id);
        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(job.getInt("attempt")).isEqualTo(1);
        assertThat(Jobs.statuses(id)).containsExactly("queued", "running", "queued", "running", "completed");
        assertThat(sessions(id)).containsOnly(job.getString("session_id"));
    }

    private static List<String> sessions(String id) {
        return Jobs.events(id).stream()
                .filter(event -> "initialized".equals(event.json().getString("phase")))
                .map(event -> event.json().getString("detail.session_id"))
                .toList();
    }

    @Test
    void aKilledServiceLeavesNothingRunningOnceItIsBack() throws Exception {
        String token = "8" + Long.toString(System.nanoTime()).substring(4);
        String id = Jobs.submit(
                "hidden-none", bash("(setsid nohup sleep %1$s >/dev/null 2>&1 &) ; true; sleep %1$s".formatted(token)));
        awaitEvent(id, "tool_call");
        await().until(() -> Processes.with("sleep " + token).size() >= 2);
        List<SseEvent> before = eventsSoFar(id);

        service.kill();
        service.awaitExit(10);
        service = ServiceProcess.start(config);

        assertThat(Processes.with("sleep " + token)).isEmpty();
        JsonPath job = Jobs.awaitFinal(id);
        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(Jobs.events(id)).startsWith(before.toArray(SseEvent[]::new));
    }

    @Tag("full")
    @Test
    void aJobKilledInAToolCallGoesOnWithItsConversationAndPaysForAllOfIt() throws Exception {
        String token = "9" + Long.toString(System.nanoTime()).substring(4);
        String id = Jobs.submit(
                "issue-responder",
                "Run it. <<fake [{\"tool\":\"Bash\",\"input\":{\"command\":\"true; sleep %s\"},%s},{},{\"text\":\"done\",%s}]>>"
                        .formatted(token, HALF_A_DOLLAR, HALF_A_DOLLAR));
        awaitEvent(id, "tool_call");

        killAndStartAgain();

        JsonPath job = Jobs.awaitFinal(id);
        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(job.getString("result")).isEqualTo("done");
        assertThat(job.getInt("attempt")).isEqualTo(2);
        assertThat(Jobs.statuses(id)).containsExactly("queued", "running", "queued", "running", "completed");
        assertThat(sessions(id)).hasSize(2).containsOnly(job.getString("session_id"));
        assertThat(job.getDouble("total_cost_usd")).isBetween(1.0, 1.0001);
        assertThat(job.getBoolean("cost_estimated")).isTrue();
    }

    /** At the price of the model that the agent uses. */
    private static final String HALF_A_DOLLAR = "\"usage\":{\"input_tokens\":125000,\"output_tokens\":0}";

    private void killAndStartAgain() throws Exception {
        service.kill();
        service.awaitExit(10);
        service = ServiceProcess.start(config);
    }

    @Test
    @Tag("full")
    void whatIsLeftOfTheBudgetIsAllThatTheNextAttemptHas() throws Exception {
        String id = Jobs.submit(Map.of(
                "agent",
                "issue-responder",
                "prompt",
                "Run it. <<fake [{\"tool\":\"Bash\",\"input\":{\"command\":\"true; sleep 300\"},%s},{\"text\":\"done\"}]>>"
                        .formatted(HALF_A_DOLLAR),
                "max_budget_usd",
                0.5));
        awaitEvent(id, "tool_call");

        killAndStartAgain();

        JsonPath job = Jobs.awaitFinal(id);
        assertThat(job.getString("status")).isEqualTo("failed");
        assertThat(job.getString("reason")).isEqualTo("budget");
        assertThat(job.getDouble("total_cost_usd")).isBetween(0.5, 0.5001);
    }

    @Test
    @Tag("full")
    void anAgentThatIsToBeginAnewSaysItsPromptAgain() throws Exception {
        String token = "6" + Long.toString(System.nanoTime()).substring(4);
        String id = Jobs.submit("restarts", bash("true; sleep " + token));
        awaitEvent(id, "tool_call");

        killAndStartAgain();
        await().until(() -> !Processes.with("sleep " + token).isEmpty());
        Jobs.authorized().post("/jobs/" + id + "/cancel").then().statusCode(202);

        JsonPath job = Jobs.awaitFinal(id);
        assertThat(job.getString("status")).isEqualTo("cancelled");
        assertThat(job.getInt("attempt")).isEqualTo(2);
        assertThat(Jobs.events(id).stream().filter(event -> event.is("tool_call")))
                .as("a run that went on would not call the tool again")
                .hasSize(2);
    }

    @Test
    @Tag("full")
    void anAgentThatGivesUpOrHasHadItsAttemptsFails() throws Exception {
        config.put("agent-service.queue.max-concurrency", "2");
        killAndStartAgain();
        List<String> ids = List.of(
                Jobs.submit("gives-up", bash("true; sleep 300")), Jobs.submit("one-attempt", bash("true; sleep 300")));
        ids.forEach(id -> awaitEvent(id, "tool_call"));

        killAndStartAgain();

        for (String id : ids) {
            JsonPath job = Jobs.awaitFinal(id);
            assertThat(job.getString("status")).isEqualTo("failed");
            assertThat(job.getString("reason")).isEqualTo("interrupted");
            assertThat(job.getInt("attempt")).isEqualTo(1);
        }
    }

    @Test
    @Tag("full")
    void aParkedJobOutlivesTheServiceAndGoesOnAtTheReset() throws Exception {
        long reset = java.time.Instant.now().getEpochSecond() + 30;
        String limit = "{\"times\":1,\"status\":429,\"text\":\"done\",\"headers\":"
                + "{\"anthropic-ratelimit-unified-status\":\"rejected\",\"anthropic-ratelimit-unified-reset\":\""
                + reset
                + "\",\"anthropic-ratelimit-unified-representative-claim\":\"five_hour\"}}";
        String id = Jobs.submit(
                "patient",
                "Run it. <<fake [{\"tool\":\"Bash\",\"input\":{\"command\":\"echo 1\"}},%s]>>".formatted(limit));
        await().until(() -> "usage_limit".equals(Jobs.get(id).getString("queue.waiting_for")));

        killAndStartAgain();

        assertThat(Jobs.get(id).getString("queue.waiting_for")).isEqualTo("usage_limit");
        JsonPath job = Jobs.awaitFinal(id);
        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(job.getInt("attempt")).isEqualTo(1);
        assertThat(java.time.Instant.parse(job.getString("finished_at")).getEpochSecond())
                .isGreaterThanOrEqualTo(reset);
        assertThat(sessions(id)).hasSize(2).containsOnly(job.getString("session_id"));
    }

    private static List<SseEvent> eventsSoFar(String id) {
        try (var stream = Jobs.follow(id, "", Optional.empty())) {
            return stream.until(event -> event.is("tool_call"));
        }
    }

    @Test
    @Tag("full")
    void aFullQueueRefusesAndStoresNothing() throws Exception {
        Path signal = folder.resolve("go");
        Map<String, Object> body = Map.of("agent", "stub-waits", "prompt", "wait-for:" + signal);
        List<String> taken = List.of(Jobs.submit(body), Jobs.submit(body), Jobs.submit(body));

        Jobs.authorized()
                .contentType("application/json")
                .body(body)
                .post("/execute")
                .then()
                .statusCode(429)
                .header("Retry-After", "30")
                .body("type", org.hamcrest.Matchers.equalTo("urn:claude-agent-service:problem:queue-full"));
        assertThat(given().get("/health").jsonPath().getInt("queued")).isEqualTo(2);

        Files.createFile(signal);
        taken.forEach(id -> assertThat(Jobs.awaitFinal(id).getString("status")).isEqualTo("completed"));
    }

    @Test
    @Tag("full")
    void aMistakeInAgentsYamlStopsTheStartAndIsNamed() throws Exception {
        service.terminate();
        assertThat(service.awaitExit(20)).isTrue();
        config.put(
                "agent-service.agent.file",
                Files.writeString(folder.resolve("agents.yaml"), "agents:\n  reader:\n    max-running: none\n")
                        .toString());

        assertThatThrownBy(() -> ServiceProcess.start(config))
                .hasMessageContaining("agents.yaml, line 3: max-running must be a whole number from 1");
    }

    @Test
    @Tag("full")
    void anIdleServiceStopsAtOnce() throws Exception {
        long before = System.nanoTime();

        service.terminate();

        assertThat(service.awaitExit(10)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    }
}
