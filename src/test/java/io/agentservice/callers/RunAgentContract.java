package io.agentservice.callers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.Processes;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.Shell;
import io.agentservice.testing.StandInApi;
import io.agentservice.testing.StandInVault;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What run-agent does under every shell. */
abstract class RunAgentContract {

    private static final String JWT = "eyJhbGciOiJSUzI1NiJ9.a-service-account.signature";

    private static StandInVault vault;

    @ConfigProperty(name = "agent-service.agent.api-base-url")
    String api;

    @TempDir
    Path folder;

    private RunAgent client;

    abstract Shell shell(Path folder) throws IOException;

    @BeforeEach
    void prepare() throws IOException {
        client = new RunAgent(shell(folder));
        if (vault == null) {
            vault = StandInVault.start();
            vault.knowJwt(JWT, "issue-automation", 60);
            vault.put("claude-agent-service", Map.of("api_bearer_token", ServiceUnderTest.TOKEN));
        }
    }

    @AfterAll
    static void endVault() {
        if (vault != null) {
            vault.close();
            vault = null;
        }
    }

    private static String jobOf(Shell.Ran ran) {
        return ran.err().replaceAll("(?s).*?job ([0-9a-f-]{36}).*", "$1");
    }

    @Test
    void theLogIsShownAsTheServiceHasIt() {
        Shell.Ran ran = run("issue-responder", "Look. <<fake bash>>", "--budget", "0.5", "--timeout=600");

        assertThat(ran.code()).as(ran.err()).isZero();
        String log = Jobs.authorized()
                .get("/jobs/" + jobOf(ran) + "/log?width=100")
                .then()
                .extract()
                .asString();
        assertThat(ran.out()).isEqualTo(log).contains("● Bash  echo from-bash", "✓ completed");
        JsonPath job = Jobs.get(jobOf(ran));
        assertThat(job.getDouble("max_budget_usd")).isEqualTo(0.5);
        assertThat(job.getInt("timeout_seconds")).isEqualTo(600);
    }

    private Shell.Ran run(String... arguments) {
        try {
            return client.run(arguments);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aJobThatDidNotCompleteIsExitCodeOneAndSaysWhy() {
        Shell.Ran ran = run("stub-exit-3", "hi");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out()).contains("✗ failed (no_result)");
        assertThat(ran.err()).contains("failed (no_result): ");
    }

    @Test
    void aJobThatTookTooLongIsExitCodeOne() {
        Shell.Ran ran = run("-q", "stub-talks", "hi", "--timeout", "1");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("timeout");
    }

    static Stream<String> hostile() {
        return Hostile.texts().stream();
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.MethodSource("hostile")
    void aPromptArrivesAsItWasWritten(String text) throws Exception {
        String mark = "mark" + UUID.randomUUID();
        String prompt = mark + " " + text + " end" + mark;
        Path file = Files.writeString(folder.resolve("prompt"), prompt);

        List<Shell.Ran> ran = List.of(
                client.run("-q", "--metadata", "title=" + begin(text), "issue-responder", prompt),
                client.run("-q", "--prompt-file", file.toString(), "issue-responder"),
                client.runWith(RunAgent.environment(), prompt, "-q", "issue-responder"));

        assertThat(ran).allSatisfy(one -> assertThat(one).isEqualTo(new Shell.Ran(0, "ok\n", "")));
        List<String> arrived = new ArrayList<>();
        for (JsonPath request : StandInApi.requestsWith(api, mark)) {
            Hostile.textsIn(request.get("body"))
                    .filter(said -> said.contains(prompt))
                    .forEach(arrived::add);
        }
        assertThat(arrived).hasSize(3);
        JsonPath listed = Jobs.authorized().get("/jobs?limit=3").jsonPath();
        assertThat(listed.getList("jobs.metadata.title", String.class)).contains(begin(text));
    }

    private static String begin(String text) {
        return text.substring(0, Math.min(text.length(), 1000));
    }

    @Test
    void quietIsTheResultAndNothingElse() {
        assertThat(run("--quiet", "issue-responder", "Say hello. <<fake text>>"))
                .isEqualTo(new Shell.Ran(0, "Hello from the fake model.\n", ""));
    }

    @Test
    void jsonIsTheJobAndTheLogGoesElsewhere() {
        Shell.Ran ran = run("--json", "issue-responder", "Say hello. <<fake text>>", "--metadata", "issue=17");

        JsonPath job = new JsonPath(ran.out());
        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(job.getString("metadata.issue")).isEqualTo("17");
        assertThat(ran.err()).contains("Hello from the fake model.", "✓ completed");
        assertThat(ran.code()).isZero();
    }

    @Test
    void aResultHasTheFormThatIsAskedFor() throws IOException {
        Path schema = Files.writeString(folder.resolve("schema"), """
                {"type":"object","properties":{"severity":{"enum":["low","high"]}},"required":["severity"]}""");
        String script = "<<fake [{\"tool\":\"StructuredOutput\",\"input\":{\"severity\":\"low\"}},{\"text\":\"ok\"}]>>";

        Shell.Ran ran = run("-q", "--schema", schema.toString(), "structured", "How bad? " + script);

        assertThat(ran).isEqualTo(new Shell.Ran(0, "{\"severity\":\"low\"}\n", ""));
    }

    @Test
    void aJobThatWasLeftIsComeBackTo() {
        Shell.Ran left = run("--detach", "stub-counts", "hi");
        String id = left.out().strip();
        assertThat(left.code()).isZero();

        Shell.Ran back = run("--attach", id);

        assertThat(back.code()).isZero();
        assertThat(back.out())
                .isEqualTo(
                        Jobs.authorized().get("/jobs/" + id + "/log?width=100").asString());
        assertThat(run("--attach", id, "--quiet").out()).isEqualTo("counted\n");
    }

    @Test
    void theSameKeyStartsOneJob() {
        String key = UUID.randomUUID().toString();

        String first = run("-d", "--key", key, "stub-after-result", "hi").out();

        assertThat(run("-d", "--key", key, "stub-after-result", "hi").out()).isEqualTo(first);
        Shell.Ran other = run("-d", "--key", key, "stub-after-result", "something else");
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("409: ");
    }

    @Test
    void whoHasWaitedLongEnoughLeavesTheJobRunningOrCancelsIt() {
        Shell.Ran left = run("stub-waits", "wait-for:" + folder.resolve("never"), "--max-wait", "2");
        String id = jobOf(left);

        assertThat(left.code()).isEqualTo(3);
        assertThat(left.err()).contains("it is running", "run-agent --attach " + id);
        assertThat(Jobs.get(id).getString("status")).isEqualTo("running");
        Shell.Ran cancelled = run("--attach", id, "--max-wait=1", "--quiet", "--cancel-on-interrupt");
        assertThat(cancelled.code()).isEqualTo(3);
        assertThat(Jobs.awaitFinal(id).getString("status")).isEqualTo("cancelled");
        assertThat(run("--attach", id).code()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void aSignalCancelsTheJobWhenAsked(String signal, int code) throws Exception {
        try (var running = client.start("--cancel-on-interrupt", "stub-talks", "hi")) {
            await().atMost(Duration.ofSeconds(60)).until(() -> running.out().contains("and another thing"));
            assertThat(Processes.with(ServiceUnderTest.TOKEN))
                    .as("the token is no argument")
                    .noneMatch(line -> line.contains("curl") || line.contains("run-agent"));

            running.signal(signal);

            Shell.Ran ran = running.await();
            assertThat(ran.code()).isEqualTo(code);
            assertThat(ran.err()).contains("cancelled job");
            assertThat(Jobs.awaitFinal(jobOf(ran)).getString("status")).isEqualTo("cancelled");
        }
    }

    @Test
    void aSignalLeavesTheJobAloneOtherwise() throws Exception {
        Path signal = folder.resolve("go");
        try (var running = client.start("--quiet", "--key", folder.toString(), "stub-waits", "wait-for:" + signal)) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Jobs.authorized()
                            .get("/jobs?agent=stub-waits&status=running")
                            .asString()
                            .contains("running"));

            running.signal("INT");

            assertThat(running.await().code()).isEqualTo(130);
            assertThat(running.err()).contains("the job goes on");
            Files.createFile(signal);
            assertThat(run("--quiet", "--key", folder.toString(), "stub-waits", "wait-for:" + signal))
                    .as("with its key it is found again")
                    .isEqualTo(new Shell.Ran(0, "waited\n", ""));
        }
    }

    @Test
    void aParkedJobIsWaitedForAsLongAsWanted() {
        long reset = Instant.now().getEpochSecond() + 3600;
        String limit = """
                {"status":429,"headers":{"anthropic-ratelimit-unified-status":"rejected",\
                "anthropic-ratelimit-unified-reset":"%1$d",\
                "anthropic-ratelimit-unified-representative-claim":"five_hour",\
                "anthropic-ratelimit-unified-5h-utilization":"1.0",\
                "anthropic-ratelimit-unified-5h-reset":"%1$d"}}""".formatted(reset);

        Shell.Ran ran = run(
                "patient",
                "Too much %s. <<fake [%s]>>".formatted(UUID.randomUUID(), limit),
                "--max-wait=6",
                "--cancel-on-interrupt");

        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.out()).contains("usage limit");
        assertThat(ran.err()).contains("it is queued");
        assertThat(Jobs.awaitFinal(jobOf(ran)).getString("status")).isEqualTo("cancelled");
    }

    private Shell.Ran withVault(String role, String... more) throws IOException {
        Path jwt = Files.writeString(folder.resolve("jwt"), JWT + "\n");
        var environment = RunAgent.with("CLAUDE_AGENT_API_TOKEN", "", "VAULT_ROLE", role);
        environment.put("VAULT_ADDR", vault.base().toString());
        environment.put("VAULT_JWT_FILE", jwt.toString());
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return client.runWith(
                environment, "", "--quiet", "--patience", "2", "issue-responder", "Say hello. <<fake text>>");
    }

    @Test
    void theTokenComesFromVaultByKubernetesLogin() throws IOException {
        assertThat(withVault("issue-automation")).isEqualTo(new Shell.Ran(0, "Hello from the fake model.\n", ""));
        assertThat(vault.requests())
                .containsSubsequence(
                        "POST /v1/auth/kubernetes/login 200",
                        "GET /v1/secret/data/claude-agent-service 200",
                        "POST /v1/auth/token/revoke-self 204");
    }

    @Test
    void whatVaultRefusesIsSaid() throws IOException {
        assertThat(withVault("somebody").err()).contains("role 'somebody' failed: 400: invalid role name \"somebody\"");
        assertThat(withVault("issue-automation", "VAULT_KV_PATH", "nothing"))
                .isEqualTo(new Shell.Ran(2, "", "run-agent: Vault: reading secret/nothing failed: 404: \n"));
        assertThat(withVault("issue-automation", "VAULT_KV_FIELD", "nothing").err())
                .contains("has no field nothing");
        assertThat(withVault("issue-automation", "VAULT_JWT_FILE", "/nothing").err())
                .contains("no service account's token at /nothing");
    }

    @Test
    void aVaultThatIsSealedIsWaitedForAWhile() throws IOException {
        vault.seal();
        try {
            Shell.Ran ran = withVault("issue-automation");
            assertThat(ran.code()).isEqualTo(2);
            assertThat(ran.err()).contains("503: Vault is sealed");
        } finally {
            vault.unseal();
        }
    }

    @Test
    void aTokenMayLieInAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), ServiceUnderTest.TOKEN + "\n");

        Shell.Ran ran = client.runWith(
                RunAgent.with("CLAUDE_AGENT_API_TOKEN", "", "CLAUDE_AGENT_API_TOKEN_FILE", file.toString()),
                "",
                "-q",
                "stub-after-result",
                "hi");

        assertThat(ran).isEqualTo(new Shell.Ran(0, "second\n", ""));
    }

    @Test
    void aServiceThatIsDownIsExitCodeTwo() throws IOException {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var environment = RunAgent.with("CLAUDE_AGENT_URL", "http://127.0.0.1:" + port);

        Shell.Ran ran = client.runWith(environment, "", "--patience=2", "stub-after-result", "hi");

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("the service took no job", "127.0.0.1 port " + port);
        Shell.Ran gone = client.runWith(
                environment, "", "--patience=2", "--attach", UUID.randomUUID().toString());
        assertThat(gone.code()).as("it may run").isEqualTo(3);
    }

    @Test
    void whatTheServiceRefusesIsSaidAndExitCodeTwo() throws IOException {
        assertThat(run("nobody", "hi").code()).isEqualTo(2);
        assertThat(run("nobody", "hi").err()).contains("422: ", "nobody");
        assertThat(run("limited", "hi", "--budget", "100").err()).contains("403: ");
        assertThat(run("stub-after-result", "hi", "--priority", "700").err()).contains("400: ", "priority: ");
        assertThat(client.runWith(RunAgent.with("CLAUDE_AGENT_API_TOKEN", "wrong"), "", "reader", "hi")
                        .err())
                .contains("401: ");
        assertThat(run("--attach", UUID.randomUUID().toString()).err()).contains("404: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--what reader hi",
                "reader hi more",
                "--attach ../jobs",
                "reader hi --timeout soon",
                "reader hi --budget much",
                "reader hi --metadata x",
                "reader hi --url ftp://x",
                "reader",
                "reader hi --prompt-file x",
                "reader --prompt-file /nothing",
                "reader hi --key"
            })
    void whatMakesNoSenseIsExitCodeTwo(String arguments) {
        Shell.Ran ran = run(
                Stream.of(arguments.split(" ")).filter(word -> !word.isEmpty()).toArray(String[]::new));

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("run-agent: ");
    }

    @Test
    void helpIsOnStdout() {
        assertThat(run("--help").out()).startsWith("usage: run-agent ").contains("exit code: 0 ");
    }

    @Test
    void nothingIsLeftBehind() throws IOException {
        run("stub-after-result", "hi");

        try (Stream<Path> all = Files.walk(folder)) {
            assertThat(all.filter(
                            path -> !path.equals(folder) && path.getParent().endsWith("tmp")))
                    .isEmpty();
        }
    }
}
