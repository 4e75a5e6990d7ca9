package io.agentservice.bench;

import io.agentservice.testing.Jvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long each way of packaging takes from its start to the first accepted job, and what it then holds in memory. The
 * memory is the service's own: the agents are programs beside it.
 */
final class StartupBench {

    private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
    private static final int JOBS = 10;
    private static final int CLIENTS = 200;
    private static final Duration SETTLED = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final double MB = 1e6;

    private final Service.Launch launch;
    private final Map<String, Figures> all = new LinkedHashMap<>();

    StartupBench(Service.Launch launch) {
        this.launch = launch;
    }

    /** Of one way of packaging: seconds, those of the processor, and megabytes of resident memory. */
    private record Figures(Series first, Series cpu, Series idle, Series jobs, Series clients) {
        Figures() {
            this(new Series(), new Series(), new Series(), new Series(), new Series());
        }
    }

    List<Table> run() throws Exception {
        List<Packaging> ways = Packaging.found(launch.target(), launch.home().directory());
        for (Packaging way : ways) {
            all.put(way.title(), new Figures());
            train(way);
        }
        for (int round = 0; round < ROUNDS; round++) {
            // Each goes first once: whatever else the machine does is shared out.
            for (int i = 0; i < ways.size(); i++) {
                Packaging way = ways.get((round + i) % ways.size());
                System.err.printf("bench: round %d of %d, %s%n", round + 1, ROUNDS, way.title());
                measure(way, all.get(way.title()));
            }
        }
        return List.of(table(ways));
    }

    /** Lets it work for a while, so that its JVM writes down what it has learned. */
    private void train(Packaging way) throws Exception {
        if (way.cache().isEmpty()) {
            return;
        }
        System.err.println("bench: making the cache of " + way.title());
        try (var service = launch.begin(Map.of(), way::training)) {
            service.awaitReady();
            var api = new Api(service);
            for (int i = 0; i < 3; i++) {
                api.awaitCompleted(api.submit(BenchHome.SAY_NOTHING));
            }
            try (var clients = new SseClients(service, api.submit(BenchHome.SAY_NOTHING))) {
                clients.connect(1).awaitEnd();
            }
            service.terminate();
        }
        if (!Files.exists(way.cache().orElseThrow())) {
            throw new IOException("no cache was written for " + way.title());
        }
    }

    private void measure(Packaging way, Figures figures) throws Exception {
        long start = System.nanoTime();
        try (var service = launch.begin(Map.of("MAX_CONCURRENCY", Integer.toString(JOBS)), way)) {
            awaitAccepted(service);
            figures.first().add((System.nanoTime() - start) / 1e9);
            figures.cpu().add(ServerCpu.now(service).total() / 1e6);
            var api = new Api(service);
            var jvm = new Jvm(service.pid());
            Pace.sleep(SETTLED);
            figures.idle().add(jvm.residentBytes() / MB);
            List<String> jobs = new ArrayList<>();
            for (int i = 0; i < JOBS; i++) {
                jobs.add(api.submit(BenchHome.SAY_WHAT_COMES));
            }
            for (String job : jobs) {
                api.awaitRunning(job);
            }
            Pace.sleep(SETTLED);
            figures.jobs().add(jvm.residentBytes() / MB);
            try (var clients = new SseClients(service, jobs.get(0))) {
                clients.connect(CLIENTS).awaitGreeting();
                Pace.sleep(SETTLED);
                figures.clients().add(jvm.residentBytes() / MB);
            }
        }
    }

    /** Knocks until a job is accepted. */
    private static void awaitAccepted(Service service) throws IOException {
        String body = Api.submission(BenchHome.SAY_NOTHING);
        byte[] request = ("POST /execute HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nAuthorization: Bearer %s\r\n"
                        + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s")
                .formatted(Service.TOKEN, body.length(), body)
                .getBytes(StandardCharsets.UTF_8);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!answer(service, request).startsWith("HTTP/1.1 202")) {
            service.checkAlive();
            if (System.nanoTime() > deadline) {
                throw new IOException("no job was accepted within " + PATIENCE);
            }
            Pace.sleep(Duration.ofMillis(2));
        }
    }

    private static String answer(Service service, byte[] request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.getOutputStream().write(request);
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        } catch (SocketException nobodyThereYet) {
            return "";
        }
    }

    private Table table(List<Packaging> ways) {
        var table = new Table(
                "Start and memory, %d rounds".formatted(ROUNDS),
                "JDK and packaging",
                "first 202, s: median (least–most)",
                "beside the first row",
                "its CPU, s",
                "RSS idle, MB",
                "with %d running jobs, MB".formatted(JOBS),
                "and %d clients, MB".formatted(CLIENTS));
        Series yardstick = all.get(ways.get(0).title()).first();
        for (Packaging way : ways) {
            Figures figures = all.get(way.title());
            table.row(
                    way.title(),
                    figures.first().spread(),
                    figures.first().over(yardstick).median(),
                    figures.cpu().spread(),
                    figures.idle().spread(),
                    figures.jobs().spread(),
                    figures.clients().spread());
        }
        return table;
    }
}
