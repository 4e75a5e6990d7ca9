package io.agentservice.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** How fast output is taken in, from the agent's pipe to the job's final status, beside a pipe that leads nowhere. */
final class IngestBench {

    private static final int ROUNDS = 3;
    private static final int STALLED = 100;
    private static final double MEGABYTE = 1e6;
    private static final long BYTES = Long.getLong("bench.megabytes", 64) * 1_000_000;

    private final Service.Launch launch;
    private final Series pipe = new Series();
    private final Measured alone = new Measured();
    private final Measured followed = new Measured();
    private final Measured besideStalled = new Measured();
    private Map<String, Double> threads = Map.of();

    IngestBench(Service.Launch launch) {
        this.launch = launch;
    }

    /** The rounds of one way to run. */
    private static final class Measured {
        private final Series rate = new Series();
        private final Series cpuPerMegabyte = new Series();
        private final Series lagMillis = new Series();
    }

    List<Table> run() throws Exception {
        AgentLines.write(launch.home().stream(), BYTES);
        try (var service = launch.start(Map.of("MAX_CONCURRENCY", "1"))) {
            service.warmUp(() -> ingest(service, new Measured(), 1, 0));
            for (int round = 0; round < ROUNDS; round++) {
                pipe.add(megabytes() / secondsThroughPipe());
                ingest(service, alone, 0, 0);
                ingest(service, followed, 1, 0);
                ingest(service, besideStalled, 1, STALLED);
            }
            Table hot = launch.profile(
                    service,
                    "Hot methods of ingest, one client",
                    "ingest.jfr",
                    () -> ingest(service, new Measured(), 1, 0));
            return List.of(rates(), busyThreads(), hot);
        }
    }

    private double megabytes() throws IOException {
        return Files.size(launch.home().stream()) / MEGABYTE;
    }

    private double secondsThroughPipe() throws IOException {
        long start = System.nanoTime();
        var process = new ProcessBuilder("cat", launch.home().stream().toString()).start();
        try (InputStream in = process.getInputStream()) {
            for (byte[] chunk = new byte[64 * 1024]; in.read(chunk) >= 0; ) {
                // Thrown away.
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private void ingest(Service service, Measured into, int clients, int stalled)
            throws IOException, InterruptedException {
        var api = new Api(service);
        ServerCpu before = ServerCpu.now(service);
        String id = api.submit(BenchHome.SAY_THE_FILE);
        try (var all = new SseClients(service, id).connectStalled(stalled).connect(clients)) {
            JsonNode job = api.awaitCompleted(id);
            Instant finished = time(job, "finished_at");
            all.awaitEnd();
            into.lagMillis.add(Duration.between(finished, Instant.now()).toMillis());
            double seconds = Duration.between(time(job, "started_at"), finished).toNanos() / 1e9;
            into.rate.add(megabytes() / seconds);
        }
        ServerCpu after = ServerCpu.now(service);
        into.cpuPerMegabyte.add(after.since(before) / 1000 / megabytes());
        threads = after.sharesSince(before);
    }

    private static Instant time(JsonNode job, String field) {
        return Instant.parse(job.path(field).asText());
    }

    private Table rates() throws IOException {
        var table = new Table(
                "Ingest of %.0f MB of stream-json, %d rounds".formatted(megabytes(), ROUNDS),
                "path",
                "beside the pipe: median (least–most)",
                "MB/s",
                "service CPU ms/MB");
        table.row("`cat` through a pipe, thrown away", "1", pipe.median(), "–");
        table.row(
                "a job, nobody follows",
                alone.rate.over(pipe).spread(),
                alone.rate.median(),
                alone.cpuPerMegabyte.median());
        table.row(
                "a job, one client follows",
                followed.rate.over(pipe).spread(),
                followed.rate.median(),
                followed.cpuPerMegabyte.median());
        table.row(
                "a job, one client follows, %d do not read".formatted(STALLED),
                besideStalled.rate.over(pipe).spread(),
                besideStalled.rate.median(),
                besideStalled.cpuPerMegabyte.median());
        return table.note(
                "With the client, %.2f of the speed without (%s). It had the end %.0f ms after the job. With those that stall, %.2f of the speed with the client alone (%s)."
                        .formatted(
                                followed.rate.over(alone.rate).median(),
                                followed.rate.over(alone.rate).spread(),
                                followed.lagMillis.median(),
                                besideStalled.rate.over(followed.rate).median(),
                                besideStalled.rate.over(followed.rate).spread()));
    }

    private Table busyThreads() {
        var table = new Table("Who used the CPU of ingest, one client", "threads", "share");
        threads.entrySet().stream()
                .filter(entry -> entry.getValue() >= 0.01)
                .forEach(entry -> table.row(entry.getKey(), entry.getValue()));
        return table;
    }
}
