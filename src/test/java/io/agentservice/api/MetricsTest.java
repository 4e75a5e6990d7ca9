package io.agentservice.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.Metrics;
import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the operator's Prometheus reads. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class MetricsTest {

    private static final Pattern ROW = Pattern.compile("\\| `([a-z_]+)` \\| (\\w+) \\| ([a-z_` ]*)\\|.*");

    private record Documented(String type, TreeSet<String> labels) {}

    private static Map<String, Documented> documented() throws IOException {
        return Files.readString(Path.of("docs/metrics.md"))
                .lines()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .collect(Collectors.toMap(
                        row -> row.group(1),
                        row -> new Documented(row.group(2), labels(row.group(3))),
                        (a, b) -> a,
                        TreeMap::new));
    }

    private static TreeSet<String> labels(String cell) {
        return Pattern.compile("[a-z_]+")
                .matcher(cell)
                .results()
                .map(label -> label.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Has everything happen that makes a metric show. */
    private static void haveItAllHappen() {
        String limit = """
                <<fake [{"status":429,"headers":{"anthropic-ratelimit-unified-status":"rejected",\
                "anthropic-ratelimit-unified-reset":"%1$d",\
                "anthropic-ratelimit-unified-representative-claim":"five_hour",\
                "anthropic-ratelimit-unified-5h-utilization":"1.0","anthropic-ratelimit-unified-5h-reset":"%1$d"}}]>>""".formatted(Instant.now().getEpochSecond() + 600);
        String parked = Jobs.submit("patient", limit);
        String git = Jobs.submit("git-agent", "Look. <<fake bash>>");
        Jobs.authorized()
                .contentType("application/json")
                .body(Map.of("agent", "nobody", "prompt", "x"))
                .post("/execute");
        assertThat(Jobs.awaitFinal(git).getString("status")).isEqualTo("completed");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> "usage_limit".equals(Jobs.get(parked).getString("queue.waiting_for")));
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            Metrics now = Metrics.scrape();
            assertThat(now.sum("claude_agent_jobs_queued", Map.of("waiting_for", "usage_limit")))
                    .isPositive();
            assertThat(now.of("claude_agent_mirror_failing")).isNotEmpty();
            assertThat(now.sum("claude_agent_cost_usd_total", Map.of("agent", "git-agent")))
                    .isPositive();
        });
        Jobs.authorized().post("/jobs/" + parked + "/cancel");
        Jobs.awaitFinal(parked);
    }

    @Test
    void everyMetricIsDescribedAndEveryDescriptionIsOfAMetric() throws IOException {
        haveItAllHappen();

        Metrics shown = Metrics.scrape();

        Map<String, Documented> ours = shown.types().entrySet().stream()
                .filter(entry -> entry.getKey().matches("claude_agent_.*|http_server_.*"))
                .filter(entry -> !entry.getKey().endsWith("_max"))
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> new Documented(entry.getValue(), shown.labelsOf(entry.getKey())),
                        (a, b) -> a,
                        TreeMap::new));
        Map<String, Documented> expected = documented();
        // Only where there is a Vault: SecretsTest has one.
        expected.remove("claude_agent_vault_up");
        assertThat(ours).isEqualTo(expected);
    }

    @Test
    void jobsAndMoneyAreCounted() {
        Metrics before = Metrics.scrape();
        Jobs.run("reader", "Say hello. <<fake text>>");
        Jobs.run("stub-exit-3", "x");

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            Metrics after = Metrics.scrape();
            assertThat(more(
                            before,
                            after,
                            "claude_agent_jobs_finished_total",
                            Map.of("agent", "reader", "status", "completed", "reason", "none")))
                    .isEqualTo(1);
            assertThat(more(
                            before,
                            after,
                            "claude_agent_jobs_finished_total",
                            Map.of("agent", "stub-exit-3", "status", "failed", "reason", "no_result")))
                    .isEqualTo(1);
            assertThat(more(before, after, "claude_agent_runs_started_total", Map.of("agent", "reader")))
                    .isEqualTo(1);
            assertThat(more(before, after, "claude_agent_tokens_total", Map.of("agent", "reader", "kind", "input")))
                    .isEqualTo(100);
            assertThat(more(before, after, "claude_agent_cost_usd_total", Map.of("agent", "reader")))
                    .isPositive();
            assertThat(more(before, after, "claude_agent_run_duration_seconds_count", Map.of("agent", "reader")))
                    .isEqualTo(1);
            assertThat(more(before, after, "claude_agent_queue_wait_seconds_count", Map.of()))
                    .isGreaterThanOrEqualTo(2);
            assertThat(more(before, after, "claude_agent_first_event_seconds_count", Map.of()))
                    .isGreaterThanOrEqualTo(2);
            assertThat(more(before, after, "claude_agent_ingest_events_total", Map.of()))
                    .isGreaterThanOrEqualTo(4);
        });
    }

    private static double more(Metrics before, Metrics after, String name, Map<String, String> labels) {
        return after.sum(name, labels) - before.sum(name, labels);
    }

    @Test
    void theFormatIsTheOneThatIsAskedFor() {
        String prometheus = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        for (String path : new String[] {"/metrics", "/q/metrics"}) {
            assertThat(given().header("Accept", prometheus).get(path).contentType())
                    .startsWith("application/openmetrics-text");
            assertThat(given().header("Accept", prometheus).get(path).asString())
                    .endsWith("# EOF\n");
            assertThat(given().header("Accept", "*/*").get(path).contentType()).startsWith("text/plain; version=0.0.4");
            assertThat(given().get(path).statusCode()).isEqualTo(200);
        }
    }

    /** Every path and method is another one, half of them below known ones. */
    @Test
    void pathsAndMethodsThatCallersMakeUpMakeNoSeries() throws InterruptedException {
        haveRandomRequests(300);
        long before = Metrics.scrape().samples().size();

        haveRandomRequests(1500);

        Metrics after = Metrics.scrape();
        assertThat(after.samples().size() - before).isLessThan(20);
        assertThat(after.of("http_server_requests_seconds_count"))
                .extracting(sample -> sample.labels().get("uri"))
                .contains("NOT_FOUND", "/jobs/{id}", "/jobs/{id}/events")
                .noneMatch(uri -> uri.contains("-made-up"));
        assertThat(after.of("http_server_requests_seconds_count"))
                .extracting(sample -> sample.labels().get("method"))
                .contains("other", "GET")
                .noneMatch(method -> method.startsWith("M-"));
    }

    private void haveRandomRequests(int count) throws InterruptedException {
        var random = new Random(count);
        var vertx = Vertx.vertx();
        var client = vertx.createHttpClient();
        var done = new CountDownLatch(count);
        var inFlight = new Semaphore(32);
        for (int i = 0; i < count; i++) {
            inFlight.acquire();
            String name = Long.toHexString(random.nextLong()) + "-made-up";
            String path = new String[] {
                        "/" + name,
                        "/jobs/" + name,
                        "/jobs/" + name + "/events",
                        "/q/" + name,
                        "/a/b/c/d/e/f/g/h/i/" + name
                    }
                    [i % 5];
            HttpMethod method =
                    i % 3 == 0 ? HttpMethod.GET : i % 3 == 1 ? HttpMethod.PUT : HttpMethod.valueOf("M-" + i);
            client.request(method, RestAssured.port, "127.0.0.1", path)
                    .compose(request -> request.putHeader("Authorization", "Bearer " + ServiceUnderTest.TOKEN)
                            .send())
                    .compose(response -> response.body())
                    .onComplete(end -> {
                        inFlight.release();
                        done.countDown();
                    });
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        vertx.close();
    }
}
