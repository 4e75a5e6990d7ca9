package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.Metrics;
import io.agentservice.testing.ServiceProcess;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.Tools;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus scrapes the packaged service, while it works and across a kill. */
@Tag("full")
class PrometheusIT {

    private static final String CONFIG = """
            global: {scrape_interval: 1s}
            scrape_configs:
              - job_name: claude-agent-service
                static_configs: [{targets: ["127.0.0.1:%d"]}]
            """;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ServiceUnderTest surroundings = new ServiceUnderTest();
    private final Map<String, String> config = new HashMap<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private ServiceProcess service;
    private Process prometheus;
    private int port;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws IOException {
        Path program = Tools.need("prometheus");
        config.putAll(surroundings.start());
        // The address must stay the same across the kill.
        config.put("quarkus.http.port", Integer.toString(freePort()));
        service = ServiceProcess.start(config);
        port = freePort();
        Path file = Files.writeString(folder.resolve("prometheus.yml"), CONFIG.formatted(RestAssured.port));
        prometheus = new ProcessBuilder(
                        program.toString(),
                        "--config.file=" + file,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (prometheus != null) {
            prometheus.destroyForcibly().waitFor();
        }
        if (service != null) {
            service.close();
        }
        surroundings.stop();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private JsonPath ask(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        return new JsonPath(client.send(request, BodyHandlers.ofString()).body());
    }

    /** The one number that an expression comes to; NaN if it comes to none. */
    private double query(String expression) {
        try {
            JsonPath answer = ask("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
            List<String> value = answer.getList("data.result[0].value");
            return value == null ? Double.NaN : Double.parseDouble(String.valueOf(((List<?>) value).get(1)));
        } catch (IOException | InterruptedException notYet) {
            return Double.NaN;
        }
    }

    private void awaitQuery(String expression, double value) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(query(expression)).as(expression).isEqualTo(value));
    }

    @Test
    void itScrapesUnderLoadAndAcrossAKillAndTheCountsAreRight() throws Exception {
        awaitQuery("up", 1);
        haveJobs(30);
        awaitQuery("sum(claude_agent_jobs_finished_total)", 30);
        double cost = Metrics.scrape().sum("claude_agent_cost_usd_total", Map.of());
        assertThat(cost).isPositive();
        assertThat(query("scrape_samples_scraped")).isGreaterThan(200);
        assertThat(ask("/api/v1/targets").getString("data.activeTargets[0].lastError"))
                .isEmpty();

        String waiting = Jobs.submit("stub-waits", "wait-for:" + folder.resolve("go"));
        service.kill();
        assertThat(service.awaitExit(20)).isTrue();
        service = ServiceProcess.start(config);

        assertThat(Metrics.scrape().sum("claude_agent_jobs_finished_total", Map.of()))
                .isEqualTo(30);
        assertThat(Metrics.scrape().sum("claude_agent_cost_usd_total", Map.of()))
                .isEqualTo(cost);
        haveJobs(5);
        awaitQuery("sum(claude_agent_jobs_finished_total)", 35);
        awaitQuery("sum(claude_agent_jobs_accepted_total)", 36);
        assertThat(query("sum(resets(claude_agent_jobs_finished_total[5m]))"))
                .as("no counter went down")
                .isZero();
        assertThat(ask("/api/v1/targets").getString("data.activeTargets[0].lastError"))
                .isEmpty();
        Files.createFile(folder.resolve("go"));
        Jobs.awaitFinal(waiting);
    }

    @Test
    void promtoolFindsNothingToComplainOf() throws Exception {
        haveJobs(3);
        Path scrape =
                Files.writeString(folder.resolve("scrape"), Metrics.scrape().text());
        var check = new ProcessBuilder(Tools.need("promtool").toString(), "check", "metrics")
                .redirectErrorStream(true)
                .redirectInput(scrape.toFile())
                .start();

        String complaints = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(check.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(complaints).isEmpty();
        assertThat(check.exitValue()).isZero();
    }

    private static void haveJobs(int count) {
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String agent = i % 3 == 0 ? "stub-exit-3" : i % 3 == 1 ? "reader" : "stub-after-result";
            jobs.add(Jobs.submit(agent, "Say hello. <<fake text>>"));
        }
        jobs.forEach(Jobs::awaitFinal);
    }
}
