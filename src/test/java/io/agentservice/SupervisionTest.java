package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.agentservice.process.Sandbox;
import io.agentservice.process.Sandboxes;
import io.agentservice.testing.Jobs;
import io.agentservice.testing.Processes;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits, cancel and the end of the tree, through the whole service. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class SupervisionTest {

    @Inject
    Sandboxes sandboxes;

    @ConfigProperty(name = "agent-service.workspace.jobs-directory")
    Path jobsDirectory;

    @TempDir
    Path folder;

    private static Response cancel(String id) {
        return Jobs.authorized().post("/jobs/" + id + "/cancel");
    }

    private static List<String> statuses(String id) {
        return Jobs.events(id).stream()
                .filter(event -> event.is("status"))
                .map(event -> event.json().getString("status"))
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    private static String bash(String command) {
        String quoted = command.replace("\\", "\\\\").replace("\"", "\\\"");
        return "Run it. <<fake [{\"tool\":\"Bash\",\"input\":{\"command\":\"%s\"}},{\"text\":\"done\"}]>>"
                .formatted(quoted);
    }

    private String runningTool(String agent, String command, int timeoutSeconds) {
        String id = Jobs.submit(Map.of("agent", agent, "prompt", bash(command), "timeout_seconds", timeoutSeconds));
        try (var stream = Jobs.follow(id, "", Optional.empty())) {
            stream.until(event -> event.is("tool_call"));
        }
        return id;
    }

    @Test
    void cancellingAQueuedJobEndsItAtOnce() {
        String key = UUID.randomUUID().toString();
        Path signal = folder.resolve("go");
        String first =
                Jobs.submit(Map.of("agent", "stub-waits", "prompt", "wait-for:" + signal, "concurrency_key", key));
        String second =
                Jobs.submit(Map.of("agent", "stub-waits", "prompt", "wait-for:" + signal, "concurrency_key", key));

        cancel(second).then().statusCode(202).body("status", equalTo("cancelled"));

        JsonPath job = Jobs.get(second);
        assertThat(job.getString("reason")).isEqualTo("cancelled");
        assertThat(job.getInt("attempt")).isZero();
        assertThat(statuses(second)).containsExactly("queued", "cancelled");
        cancel(first);
        Jobs.awaitFinal(first);
    }

    @Test
    void cancellingARunningJobEndsItWithItsCost() {
        String token = "3" + Long.toString(System.nanoTime()).substring(4);
        String id = runningTool("issue-responder", "true; sleep " + token, 600);
        await().until(() -> !Processes.with(token).isEmpty());

        cancel(id).then().statusCode(202).body("status", equalTo("cancelling"));

        JsonPath job = Jobs.awaitFinal(id);
        assertThat(job.getString("status")).isEqualTo("cancelled");
        assertThat(job.getDouble("total_cost_usd")).isPositive();
        assertThat(Processes.with(token)).isEmpty();
        assertThat(statuses(id)).containsExactly("queued", "running", "cancelling", "cancelled");
    }

    @Test
    void cancellingTwiceIsHarmlessAndCancellingAFinalJobIsAConflict() {
        String id = runningTool("issue-responder", "true; sleep 300", 600);

        assertThat(cancel(id).statusCode()).isEqualTo(202);
        assertThat(cancel(id).statusCode()).isIn(202, 409);
        Jobs.awaitFinal(id);

        Jobs.authorized()
                .delete("/jobs/" + id)
                .then()
                .statusCode(409)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:claude-agent-service:problem:already-final"))
                .body("job_status", equalTo("cancelled"));
    }

    @Test
    void aCancelIsCarriedOutAlthoughItsCallerHangsUp() throws IOException {
        for (int i = 0; i < 5; i++) {
            String id = runningTool("issue-responder", "true; sleep 300", 600);
            String request =
                    "POST /jobs/%s/cancel HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 0\r\n\r\n"
                            .formatted(id, ServiceUnderTest.TOKEN);
            try (var socket = new java.net.Socket("127.0.0.1", io.restassured.RestAssured.port)) {
                socket.setSoLinger(true, 0);
                socket.getOutputStream().write(request.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                await().until(() -> !Jobs.get(id).getString("status").equals("running"));
            }
            assertThat(Jobs.awaitFinal(id).getString("status")).isEqualTo("cancelled");
        }
    }

    @Test
    void cancellingWhatIsNotThereIsNotFound() {
        assertThat(cancel(UUID.randomUUID().toString()).statusCode()).isEqualTo(404);
    }

    @Test
    void aModelThatFallsSilentIsNotWaitedForForever() {
        JsonPath job = Jobs.run("stub-silent", "go");

        assertThat(job.getString("status")).isEqualTo("timeout");
        assertThat(job.getString("reason")).isEqualTo("idle");
    }

    @Test
    void aToolCallMaySayNothingForLongerThanTheModel() {
        JsonPath job = Jobs.run("stub-slow-tool", "a while");

        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(job.getString("result")).isEqualTo("patient");
    }

    @Test
    void aToolCallHasALimitOfItsOwn() {
        JsonPath job = Jobs.run("stub-slow-tool", "forever");

        assertThat(job.getString("status")).isEqualTo("timeout");
        assertThat(job.getString("reason")).isEqualTo("tool_call");
    }

    @Test
    void outputBeyondTheLimitIsDroppedAndTheResultKept() {
        String id = Jobs.submit("stub-flood-limited", "go");

        List<SseEvent> events = Jobs.events(id);

        assertThat(events.stream().filter(event -> event.is("truncated"))).hasSize(1);
        assertThat(events.stream().filter(event -> event.is("message"))).hasSizeBetween(300, 600);
        assertThat(events.stream().filter(event -> event.is("result"))).hasSize(1);
        assertThat(Jobs.get(id).getString("result")).isEqualTo("flooded");
    }

    /** Without a sandbox; in one, the wrapper holds the pipe open and the idle limit ends the run. */
    @Test
    void aCliThatClosesItsOutputAndLivesIsEnded() {
        JsonPath job = Jobs.run("stub-closes-stdout", "go");

        assertThat(job.getString("status")).isEqualTo("failed");
        assertThat(job.getString("reason")).isEqualTo("no_result");
    }

    @Test
    void anAgentMayNotHaveMoreThanItsPolicy() {
        for (Map<String, Object> wish : List.<Map<String, Object>>of(
                Map.of("max_budget_usd", 3), Map.of("timeout_seconds", 601), Map.of("model", "opus"))) {
            var body = new java.util.HashMap<String, Object>(wish);
            body.putIfAbsent("timeout_seconds", 60);
            body.putIfAbsent("max_budget_usd", 1);
            body.put("agent", "limited");
            body.put("prompt", "hi");
            Jobs.authorized()
                    .contentType("application/json")
                    .body(body)
                    .post("/execute")
                    .then()
                    .statusCode(403)
                    .body("type", equalTo("urn:claude-agent-service:problem:against-policy"));
        }
    }

    @Test
    void aRateThatRefusesHoldsUnderConcurrency() {
        List<Integer> answers = IntStream.range(0, 12)
                .parallel()
                .mapToObj(i -> Jobs.authorized()
                        .contentType("application/json")
                        .body(Map.of("agent", "stub-refused", "prompt", "hi"))
                        .post("/execute"))
                .peek(response -> {
                    if (response.statusCode() == 429) {
                        assertThat(Integer.parseInt(response.header("Retry-After")))
                                .isBetween(3500, 3600);
                    }
                })
                .map(Response::statusCode)
                .toList();

        assertThat(answers.stream().filter(status -> status == 202)).hasSize(2);
        assertThat(answers.stream().filter(status -> status == 429)).hasSize(10);
    }

    @Test
    void aWaitingJobSaysWhatItWaitsFor() throws IOException {
        String key = UUID.randomUUID().toString();
        Path signal = folder.resolve("go");
        Map<String, Object> body =
                Map.of("agent", "stub-waits", "prompt", "wait-for:" + signal, "concurrency_key", key);
        String first = Jobs.submit(body);
        String second = Jobs.submit(body);

        JsonPath waiting = Jobs.get(second);
        assertThat(waiting.getString("queue.waiting_for")).isEqualTo("concurrency_key");
        assertThat(waiting.getInt("queue.position")).isPositive();
        List<SseEvent> untilTold;
        try (var stream = Jobs.follow(second, "", Optional.empty())) {
            untilTold = stream.until(event -> "waiting".equals(event.json().getString("phase")));
        }
        Files.createFile(signal);

        assertThat(untilTold.get(untilTold.size() - 1).json().getString("detail.waiting_for"))
                .isEqualTo("concurrency_key");
        assertThat(Jobs.awaitFinal(first).getString("status")).isEqualTo("completed");
        assertThat(Jobs.awaitFinal(second).getString("status")).isEqualTo("completed");
        assertThat(Jobs.get(second).getMap("queue")).isNull();
    }

    @Test
    @Tag("full")
    void fiftyJobsKeepToThePlacesThereAreAndToTheirKeys() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            ids.add(Jobs.submit(
                    Map.of("agent", "stub-after-result", "prompt", "hi", "concurrency_key", "key-" + i % 5)));
        }

        ids.forEach(Jobs::awaitFinal);

        List<JsonPath> jobs = ids.stream().map(Jobs::get).toList();
        assertThat(jobs).allMatch(job -> job.getString("status").equals("completed"));
        for (int key = 0; key < 5; key++) {
            int mine = key;
            List<JsonPath> sameKey = IntStream.range(0, 50)
                    .filter(i -> i % 5 == mine)
                    .mapToObj(jobs::get)
                    .toList();
            for (int i = 1; i < sameKey.size(); i++) {
                assertThat(sameKey.get(i).getString("started_at"))
                        .isGreaterThanOrEqualTo(sameKey.get(i - 1).getString("finished_at"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Sandbox.class)
    void nothingOfABashToolOutlivesItsJob(Sandbox sandbox) {
        if (!sandboxes.available().contains(sandbox)) {
            return;
        }
        String token = "4" + Long.toString(System.nanoTime()).substring(4);
        String command =
                "nohup sleep %1$s >/dev/null 2>&1 & setsid nohup sh -c \"trap '' TERM; sleep %1$s\" >/dev/null 2>&1 & true"
                        .formatted(token);

        JsonPath job = Jobs.run("hidden-" + sandbox.wireName(), bash(command));

        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(Processes.with(token)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Sandbox.class,
            names = {"NONE"},
            mode = EnumSource.Mode.EXCLUDE)
    void notEvenADaemonThatHidesOutlivesItsJobInANamespace(Sandbox sandbox) {
        if (!sandboxes.available().contains(sandbox)) {
            return;
        }
        String token = "5" + Long.toString(System.nanoTime()).substring(4);
        String command =
                "env -i setsid nohup sh -c \"cd /; trap '' TERM INT HUP; (/bin/sleep %1$s &) ; /bin/sleep %1$s\" >/dev/null 2>&1 & true; sleep 300"
                        .formatted(token);
        String id = runningTool("hidden-" + sandbox.wireName(), command, 600);
        await().until(() -> Processes.with(token).size() >= 2);

        cancel(id);

        assertThat(Jobs.awaitFinal(id).getString("status")).isEqualTo("cancelled");
        assertThat(Processes.with(token)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Sandbox.class)
    void aToolThatIgnoresSignalsEndsWithTheTimeout(Sandbox sandbox) {
        if (!sandboxes.available().contains(sandbox)) {
            return;
        }
        String token = "6" + Long.toString(System.nanoTime()).substring(4);
        String id = runningTool("hidden-" + sandbox.wireName(), "trap '' TERM INT; true; sleep " + token, 2);

        JsonPath job = Jobs.awaitFinal(id);

        assertThat(job.getString("status")).isEqualTo("timeout");
        assertThat(job.getString("reason")).isEqualTo("wall_clock");
        assertThat(Processes.with(token)).isEmpty();
        assertThat(jobsDirectory.resolve("runs").resolve(id)).doesNotExist();
    }

    @Test
    void bubblewrapShowsAJobNothingOfTheServiceOrOfOtherJobs() {
        if (!sandboxes.available().contains(Sandbox.BUBBLEWRAP)) {
            return;
        }
        String other = Jobs.run("issue-responder", "Say hello. <<fake text>>").getString("job_id");
        long service = ProcessHandle.current().pid();
        String jobs = jobsDirectory.toAbsolutePath().toString();
        String command =
                "ls -A %1$s; cat %1$s/agent-service.db | wc -c; ls -A %1$s/conversations; ls %1$s/conversations/%2$s; cat /proc/%3$d/environ | wc -c; touch /etc/x /usr/x"
                        .formatted(jobs, other, service);

        String id = Jobs.submit("hidden-bubblewrap", bash(command));
        String seen = Jobs.events(id).stream()
                .filter(event -> event.is("tool_result"))
                .findFirst()
                .orElseThrow()
                .json()
                .getString("content");

        assertThat(seen.lines()).contains("conversations", "runs", "0", id).doesNotContain("agent-service.db", other);
        assertThat(seen)
                .contains("agent-service.db: No such file", "/proc/" + service + "/environ: No such file")
                .contains("Read-only file system");
    }
}
