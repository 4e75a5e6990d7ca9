package io.agentservice.bench;

import io.agentservice.testing.Jvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged service as a process of its own, on a free port of loopback, with a store of its own. */
final class Service implements AutoCloseable {

    static final String TOKEN = "bench";

    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofMinutes(3);
    private static final Duration WARM_UP_PATIENCE = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(50);

    private final Process process;
    private final int port;
    private final Path data;

    private Service(Process process, int port, Path data) {
        this.process = process;
        this.port = port;
        this.data = data;
    }

    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    @FunctionalInterface
    interface Command {
        List<String> in(Path data);
    }

    /** What is started and where. */
    record Launch(Path target, BenchHome home) {

        /** Starts the service with these environment variables besides the usual ones, and waits until it answers. */
        Service start(Map<String, String> settings) throws IOException, InterruptedException {
            Service service = begin(settings, this::command);
            service.awaitReady();
            return service;
        }

        /** Starts it by a command of the caller's, which is told the folder for its files, and does not wait. */
        Service begin(Map<String, String> settings, Command command) throws IOException {
            Path data = home.fresh("service");
            int port = freePort();
            var builder = new ProcessBuilder(command.in(data))
                    .directory(data.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(data.resolve("log").toFile());
            builder.environment()
                    .putAll(Map.of(
                            "QUARKUS_HTTP_PORT", Integer.toString(port),
                            "API_BEARER_TOKEN", TOKEN,
                            "WORKSPACE_DIR", home.workspace().toString(),
                            "JOBS_DIR", data.resolve("jobs").toString(),
                            "AGENTS_FILE", home.policies().toString(),
                            "CLAUDE_BIN", home.standIn().toString()));
            builder.environment().putAll(settings);
            return new Service(builder.start(), port, data);
        }

        /** Records what the service does meanwhile, and tells where its time went. */
        Table profile(Service service, String title, String file, Work work) throws Exception {
            Path recording = Files.createDirectories(target.resolve("bench")).resolve(file);
            var jvm = new Jvm(service.pid());
            jvm.startRecording();
            work.run();
            jvm.stopRecording(recording);
            return HotMethods.of(title, recording);
        }

        private List<String> command(Path data) {
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx512m",
                    // Else the time of those that come and go is lost to the count of it.
                    "-XX:-UseDynamicNumberOfCompilerThreads",
                    "-Djava.io.tmpdir=" + data,
                    "-jar",
                    target.resolve("quarkus-app").resolve("quarkus-run.jar").toString());
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("the service did not start:\n" + log());
            }
            Pace.sleep(POLL);
        }
    }

    private boolean answers() throws InterruptedException {
        var request = HttpRequest.newBuilder(uri("/q/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Asks it to stop, as Kubernetes would, and waits: a JVM that writes an AOT cache takes its time. */
    void terminate() throws IOException, InterruptedException {
        process.toHandle().destroy();
        if (!process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 143) {
            throw new IOException("the service did not stop as it should:\n" + log());
        }
    }

    /** @throws IOException if it has ended */
    void checkAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("the service ended:\n" + log());
        }
    }

    private String log() throws IOException {
        return Files.readString(data.resolve("log"));
    }

    /** Repeats some work until the JIT compiler has done with it, but not for ever. */
    void warmUp(Work work) throws Exception {
        long deadline = System.nanoTime() + WARM_UP_PATIENCE.toNanos();
        for (boolean warm = false; !warm && System.nanoTime() < deadline; ) {
            ServerCpu before = ServerCpu.now(this);
            work.run();
            warm = ServerCpu.now(this).isWarmSince(before);
        }
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    int port() {
        return port;
    }

    Path store() {
        return data.resolve("jobs").resolve("agent-service.db");
    }

    long pid() {
        return process.pid();
    }

    /** Kills it and its agents: nothing of it is needed any more. */
    @Override
    public void close() throws IOException {
        List<ProcessHandle> tree = process.descendants().toList();
        process.destroyForcibly();
        tree.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
        BenchHome.remove(data);
    }
}
