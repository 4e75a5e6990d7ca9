package io.agentservice.callers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceProcess;
import io.agentservice.testing.ServiceUnderTest;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The workflows on a real n8n: {@code ./mvnw verify -Pn8n}. It is installed into {@code target/n8n}, which takes minutes
 * and 3 GB, unless {@code -Dn8n.folder} names a folder where it is.
 */
@Tag("n8n")
class N8nIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String POLICY = """
              service-upgrade:
                start-rate: 5 per 6h
            """;

    @TempDir
    static Path folder;

    private static final ServiceUnderTest AROUND = new ServiceUnderTest();
    private static ServiceProcess service;
    private static OtherServer reports;
    private static Process n8n;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        Path installation = installed();
        Map<String, String> config = new HashMap<>(AROUND.start());
        Files.writeString(
                Path.of(config.get("agent-service.workspace.directory"), ".claude/agents/service-upgrade.md"),
                "---\nname: service-upgrade\ndescription: Upgrades.\ntools: Bash\n---\nYou upgrade.\n");
        Files.writeString(Path.of(config.get("agent-service.agent.file")), POLICY, StandardOpenOption.APPEND);
        service = ServiceProcess.start(config);
        reports = new OtherServer().answers("POST /report", 200, "{}");
        port = freePort();
        for (String workflows : List.of("integrations/n8n", "src/test/n8n/callers")) {
            n8n(
                    installation,
                    "import:workflow",
                    "--separate",
                    "--input=" + Path.of(workflows).toAbsolutePath());
        }
        for (String id : List.of("agentsRunAndWait", "agentsImageUpgr1", "testCallsAnAgent1")) {
            n8n(installation, "publish:workflow", "--id=" + id);
        }
        n8n = launch(installation, "start");
        await().atMost(Duration.ofMinutes(2))
                .ignoreExceptions()
                .until(() -> send("GET", "/healthz/readiness", "").statusCode() == 200);
    }

    @AfterAll
    static void end() throws Exception {
        if (n8n != null) {
            n8n.descendants().forEach(ProcessHandle::destroyForcibly);
            n8n.destroyForcibly().waitFor();
        }
        if (service != null) {
            service.close();
            reports.close();
        }
        AROUND.stop();
    }

    private static int freePort() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static Path installed() throws Exception {
        String given = System.getProperty("n8n.folder", "");
        Path installation = Path.of(given.isEmpty() ? "target/n8n" : given).toAbsolutePath();
        if (!Files.exists(installation.resolve("node_modules/n8n/bin/n8n"))) {
            Files.createDirectories(installation);
            Process install = new ProcessBuilder("sh", "-ec", """
                            npm init -y
                            npm i node@24.21.0 --save-exact --no-audit --no-fund
                            PATH=$PWD/node_modules/node/bin:$PATH
                            npm i n8n@2.41.1 --save-exact --ignore-scripts --no-audit --no-fund
                            npm rebuild sqlite3 --foreground-scripts
                            """)
                    .directory(installation.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(installation.resolve("install.log").toFile())
                    .start();
            assertThat(install.waitFor()).as("see %s/install.log", installation).isZero();
        }
        return installation;
    }

    private static void n8n(Path installation, String... arguments) throws Exception {
        assertThat(launch(installation, arguments).waitFor())
                .as("n8n %s, see %s", List.of(arguments), "target/n8n.log")
                .isZero();
    }

    private static Process launch(Path installation, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                installation.resolve("node_modules/node/bin/node").toString(),
                installation.resolve("node_modules/n8n/bin/n8n").toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        Path.of("target/n8n.log").toFile()));
        Map<String, String> environment = builder.environment();
        environment.put("PATH", installation.resolve("node_modules/node/bin") + ":" + System.getenv("PATH"));
        environment.put("N8N_USER_FOLDER", folder.resolve("n8n").toString());
        environment.put("N8N_LISTEN_ADDRESS", "127.0.0.1");
        environment.put("N8N_PORT", Integer.toString(port));
        environment.put("N8N_RUNNERS_BROKER_PORT", Integer.toString(freePort()));
        environment.put("N8N_BLOCK_ENV_ACCESS_IN_NODE", "false");
        environment.put("N8N_DISABLED_MODULES", "mcp-registry");
        environment.put("N8N_DIAGNOSTICS_ENABLED", "false");
        environment.put("N8N_VERSION_NOTIFICATIONS_ENABLED", "false");
        environment.put("CLAUDE_AGENT_URL", RunAgent.url());
        environment.put("CLAUDE_AGENT_API_TOKEN", ServiceUnderTest.TOKEN);
        environment.put("REPORT_WEBHOOK_URL", reports.url() + "/report");
        return builder.start();
    }

    private static HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(90))
                .method(method, BodyPublishers.ofString(body))
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    /** As DIUN does. Webhooks are there a moment after n8n says that it is. */
    private static void diun(String status, String image) throws Exception {
        String body = JSON.writeValueAsString(Map.of(
                "diun_version",
                "4.29.0",
                "hostname",
                "cluster",
                "status",
                status,
                "provider",
                "kubernetes",
                "image",
                image,
                "digest",
                "sha256:" + UUID.randomUUID()));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> send("POST", "/webhook/diun", body).statusCode() == 200);
    }

    private static JsonPath upgrades(String query) {
        return Jobs.authorized()
                .get("/jobs?agent=service-upgrade&limit=100" + query)
                .jsonPath();
    }

    @Test
    void anUpdateIsHandedInAndReportedAndTheRateIsHeldByTheService() throws Exception {
        diun("update", "docker.io/gitea/gitea:latest");
        diun("update", "docker.io/library/postgres:16.4");
        diun("new", "docker.io/gitea/gitea:1.24.2");
        diun("update", "docker.io/gitea/gitea:1.24.2");

        await().atMost(Duration.ofSeconds(60)).until(() -> !reports.asked().isEmpty());

        assertThat(upgrades("").getList("jobs")).as("only one was worth it").hasSize(1);
        assertThat(reports.asked().get(0).json().getString("text"))
                .isEqualTo("Upgrade of docker.io/gitea/gitea:1.24.2: completed\nok");
        JsonPath job = Jobs.get(upgrades("").getString("jobs[0].job_id"));
        assertThat(job.getInt("max_budget_usd")).isEqualTo(10);
        assertThat(job.getInt("timeout_seconds")).isEqualTo(1800);
        assertThat(job.getString("metadata.image")).isEqualTo("docker.io/gitea/gitea:1.24.2");

        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String image = "docker.io/some/service-" + i + ":1.0";
            sent.add(CompletableFuture.runAsync(() -> {
                try {
                    diun("update", image);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).join();

        await().atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(upgrades("").getList("jobs")).hasSize(13));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(upgrades("&status=completed").getList("jobs"))
                        .hasSize(5));
        assertThat(upgrades("&status=queued").getList("jobs")).hasSize(8);
        await().atMost(Duration.ofSeconds(60)).until(() -> reports.asked().size() == 5);
    }

    @Test
    void theSubWorkflowGivesTheFinishedJobToItsCaller() throws Exception {
        String ask = JSON.writeValueAsString(
                Map.of("agent", ".claude/agents/issue-responder", "prompt", "Say \"hello\". <<fake text>>"));

        HttpResponse<String> answer = await().atMost(Duration.ofSeconds(120))
                .until(() -> send("POST", "/webhook/ask", ask), response -> response.statusCode() != 404);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        var job = new JsonPath(answer.body());
        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(job.getString("result")).isEqualTo("Hello from the fake model.");
        assertThat(job.getString("metadata.from")).isEqualTo("n8n");
        assertThat(job.getDouble("max_budget_usd")).isEqualTo(0.5);
    }
}
