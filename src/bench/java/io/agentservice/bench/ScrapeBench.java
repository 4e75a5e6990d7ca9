package io.agentservice.bench;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What a scrape of the metrics costs with few and with many jobs in the store, beside an endpoint that does nothing. */
final class ScrapeBench {

    private static final int JOBS = 100_000;
    private static final int AGENTS = 100;
    private static final int SCRAPES = 300;
    private static final String NUMBERS =
            "WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < %d) ";

    private final Service.Launch launch;
    private final HttpClient client = HttpClient.newHttpClient();

    ScrapeBench(Service.Launch launch) {
        this.launch = launch;
    }

    List<Table> run() throws Exception {
        var table = new Table(
                "A scrape of `/metrics`, %d each, one after the other".formatted(SCRAPES),
                "jobs in the store",
                "beside `GET /health` (median)",
                "median ms",
                "p99 ms",
                "KB");
        try (var service = launch.start(Map.of("JOB_TTL_SECONDS", "0"))) {
            var api = new Api(service);
            api.awaitCompleted(api.submit(BenchHome.SAY_NOTHING));
            service.warmUp(() -> millis(service, "/metrics"));
            measure(table, "1", service);
            fill(service.store());
            // The totals are read when there is news.
            api.awaitCompleted(api.submit(BenchHome.SAY_NOTHING));
            Pace.sleep(Duration.ofSeconds(2));
            service.warmUp(() -> millis(service, "/metrics"));
            measure(table, "%,d of %d agents, 3 models each".formatted(JOBS, AGENTS), service);
        }
        return List.of(table);
    }

    private void measure(Table table, String jobs, Service service) throws IOException, InterruptedException {
        Series bare = millis(service, "/health");
        Series scrape = millis(service, "/metrics");
        double size = get(service, "/metrics").length() / 1024.0;
        table.row(jobs, scrape.median() / bare.median(), scrape.median(), scrape.quantile(0.99), size);
    }

    private Series millis(Service service, String path) throws IOException, InterruptedException {
        var millis = new Series();
        for (int i = 0; i < SCRAPES; i++) {
            long begin = System.nanoTime();
            get(service, path);
            millis.add((System.nanoTime() - begin) / 1e6);
        }
        return millis;
    }

    private String get(Service service, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(service.uri(path)).build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    /** As the service would have, but quicker. */
    private static void fill(Path store) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + store + "?busy_timeout=10000");
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate(NUMBERS.formatted(JOBS - 1) + """
                    INSERT INTO job (id, agent, submitter, prompt, max_budget_usd, timeout_ms, priority, metadata,
                                     session_id, status, attempt, version, created_at, started_at, finished_at)
                    SELECT printf('0190%%04x-%%04x-7000-8000-%%012x', n / 65536, n %% 65536, n), 'agent-' || (n %% %d),
                           'bench', 'a prompt', '1', 1000, 0, '{}', 's', 'completed', 1, 2, n, n, n FROM number""".formatted(AGENTS));
            statement.executeUpdate("""
                    INSERT INTO status_total (agent, status, reason, times, last_at)
                    SELECT DISTINCT agent, x.status, x.reason, 1000, 1 FROM job, (
                        SELECT 'queued' AS status, '' AS reason UNION ALL SELECT 'running', ''
                        UNION ALL SELECT 'completed', '' UNION ALL SELECT 'failed', 'api_error'
                        UNION ALL SELECT 'timeout', 'wall_clock' UNION ALL SELECT 'cancelled', 'cancelled') AS x
                    WHERE agent LIKE 'agent-%'""");
            statement.executeUpdate("""
                    INSERT INTO cost_total (agent, model, input_tokens, output_tokens, cache_read_tokens,
                                            cache_write_tokens, cache_write_hour_tokens, usd_nanos)
                    SELECT DISTINCT agent, model, 1, 2, 3, 4, 5, 6 FROM status_total, (
                        SELECT 'opus' AS model UNION ALL SELECT 'sonnet' UNION ALL SELECT 'haiku')
                    WHERE agent LIKE 'agent-%'""");
            connection.commit();
        }
    }
}
