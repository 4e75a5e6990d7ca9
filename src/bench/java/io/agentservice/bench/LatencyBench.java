package io.agentservice.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** How long an event takes from the agent's pen to a client's eye, and what that costs the service. */
final class LatencyBench {

    private static final int ROUNDS = 2;
    private static final int PER_SECOND = 50;
    private static final int EVENTS = 400;
    private static final int BURST = 5_000;
    private static final int PROFILED_PER_SECOND = 300;
    private static final int MANY = 100;
    private static final int CROWD = 1_000;
    private static final Duration IDLE = Duration.ofSeconds(2);
    private static final Duration DISK = Duration.ofMillis(500);

    private final Service.Launch launch;
    private final Series bareMicros = new Series();
    private final Series commitMicros = new Series();
    private final Measured one = new Measured();
    private final Measured many = new Measured();
    private final Measured crowd = new Measured();

    LatencyBench(Service.Launch launch) {
        this.launch = launch;
    }

    /** With a number of clients. */
    private static final class Measured {
        private final Series micros = new Series();
        private final Series cpuPerEvent = new Series();
        private final Series burstCpuPerEvent = new Series();
        private final Series burstPerSecond = new Series();
        private Map<String, Double> threads = Map.of();
    }

    List<Table> run() throws Exception {
        try (var service = launch.start(Map.of("MAX_CONCURRENCY", "1"))) {
            service.warmUp(() -> warmUp(service));
            var disk = new RawStore(launch.home().fresh("raw"));
            for (int round = 0; round < ROUNDS; round++) {
                barePipe();
                commitMicros.addAll(disk.rows(DISK));
                follow(service, one, 1);
                follow(service, many, MANY);
                follow(service, crowd, CROWD);
            }
            return List.of(latencies(), costs(), busyThreads(), profile(service));
        }
    }

    /** The same words over the same line, through `cat`, to a reader that only looks at the clock. */
    private void barePipe() throws IOException {
        try (var line = launch.home().openLine()) {
            var cat = new ProcessBuilder("cat", launch.home().line().toString()).start();
            var times = new NumberScanner("stamp=", saidAt -> bareMicros.add((System.nanoTime() - saidAt) / 1000.0));
            var reader = new Thread(() -> scan(cat.getInputStream(), times), "bare-reader");
            reader.start();
            Pace.steps(EVENTS, PER_SECOND, () -> line.write(LiveJob.word()));
            cat.destroy();
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void scan(InputStream in, NumberScanner times) {
        byte[] chunk = new byte[64 * 1024];
        try (in) {
            for (int n; (n = in.read(chunk)) >= 0; ) {
                times.scan(ByteBuffer.wrap(chunk, 0, n));
            }
        } catch (IOException closed) {
            // All was said.
        }
    }

    private void follow(Service service, Measured into, int clients) throws IOException, InterruptedException {
        try (var job = LiveJob.start(service, launch.home());
                var followers = new SseClients(service, job.id()).connect(clients)) {
            followers.awaitStamps(1);
            burst(service, job, followers, into);
            double idle = idleMicrosPerSecond(service);
            followers.reset();
            ServerCpu before = ServerCpu.now(service);
            Pace.steps(EVENTS, PER_SECOND, job::say);
            followers.awaitStamps(EVENTS);
            ServerCpu after = ServerCpu.now(service);
            into.cpuPerEvent.add(after.since(before) / EVENTS - idle / PER_SECOND);
            into.micros.addAll(followers.latencies());
            into.threads = after.sharesSince(before);
        }
    }

    private void warmUp(Service service) throws IOException, InterruptedException {
        try (var job = LiveJob.start(service, launch.home());
                var followers = new SseClients(service, job.id()).connect(MANY)) {
            followers.awaitStamps(1);
            burst(service, job, followers, new Measured());
            Pace.steps(PROFILED_PER_SECOND, PROFILED_PER_SECOND, job::say);
            followers.awaitStamps(BURST + PROFILED_PER_SECOND);
        }
    }

    private void burst(Service service, LiveJob job, SseClients followers, Measured into) throws IOException {
        followers.reset();
        ServerCpu before = ServerCpu.now(service);
        long start = System.nanoTime();
        job.say(BURST);
        followers.awaitStamps(BURST);
        into.burstPerSecond.add(BURST / ((System.nanoTime() - start) / 1e9));
        into.burstCpuPerEvent.add(ServerCpu.now(service).since(before) / BURST);
    }

    private static double idleMicrosPerSecond(Service service) throws IOException {
        ServerCpu before = ServerCpu.now(service);
        Pace.sleep(IDLE);
        return ServerCpu.now(service).since(before) / IDLE.toSeconds();
    }

    private Table profile(Service service) throws Exception {
        try (var job = LiveJob.start(service, launch.home());
                var followers = new SseClients(service, job.id()).connect(MANY)) {
            followers.awaitStamps(1);
            followers.reset();
            return launch.profile(service, "Hot methods of fan-out, %d clients".formatted(MANY), "fan-out.jfr", () -> {
                Pace.steps(4 * PROFILED_PER_SECOND, PROFILED_PER_SECOND, job::say);
                followers.awaitStamps(4 * PROFILED_PER_SECOND);
            });
        }
    }

    private Table latencies() {
        var table = new Table(
                "Line to client at %d events/s, %d rounds of %d".formatted(PER_SECOND, ROUNDS, EVENTS),
                "path",
                "beside the bare pipe (p50)",
                "p50 µs",
                "p99 µs",
                "max µs");
        latency(table, "`cat` through a pipe to a reader", bareMicros);
        latency(table, "a job, 1 client", one.micros);
        latency(table, "a job, %d clients".formatted(MANY), many.micros);
        latency(table, "a job, %d clients".formatted(CROWD), crowd.micros);
        latency(table, "(for scale) one row, one commit to SQLite", commitMicros);
        return table;
    }

    private void latency(Table table, String path, Series micros) {
        table.row(
                path,
                micros.median() / bareMicros.median(),
                micros.median(),
                micros.quantile(0.99),
                micros.quantile(1));
    }

    private Table costs() {
        var table = new Table(
                "Service CPU for one event, from the pipe to all clients",
                "clients",
                "beside 1 client",
                "µs/event at %d events/s".formatted(PER_SECOND),
                "µs/event in a burst of %,d".formatted(BURST),
                "events/s in the burst",
                "µs/delivery in the burst");
        cost(table, 1, one);
        cost(table, MANY, many);
        cost(table, CROWD, crowd);
        return table;
    }

    private void cost(Table table, int clients, Measured measured) {
        table.row(
                clients,
                measured.cpuPerEvent.median() / one.cpuPerEvent.median(),
                measured.cpuPerEvent.median(),
                measured.burstCpuPerEvent.median(),
                measured.burstPerSecond.median(),
                measured.burstCpuPerEvent.median() / clients);
    }

    private Table busyThreads() {
        var table = new Table(
                "Who used the CPU at %d events/s".formatted(PER_SECOND),
                "threads",
                "share with 1 client",
                "with %d clients".formatted(MANY));
        one.threads.forEach((thread, share) -> {
            if (share >= 0.02) {
                table.row(thread, share, many.threads.getOrDefault(thread, 0.0));
            }
        });
        return table;
    }
}
