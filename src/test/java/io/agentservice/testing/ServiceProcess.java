package io.agentservice.testing;

import io.restassured.RestAssured;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged service, the jar or the native executable, as a process of its own, which can be stopped and killed. */
public final class ServiceProcess implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("Listening on: http://127\\.0\\.0\\.1:(\\d+)");

    /** The executable, if that is what the tests are for: Quarkus' own tests go by it, too. */
    private static final String NATIVE = System.getProperty("native.image.path", "");

    /** Without the optimizing compiler a start takes little more than half of the processor time. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    private final Process process;
    private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();

    private ServiceProcess(Process process) {
        this.process = process;
    }

    /** Starts it on a free port unless {@code config} names one, to which RestAssured is pointed; returns when it listens. */
    public static ServiceProcess start(Map<String, String> config) throws IOException {
        return start(List.of(), config);
    }

    /** @param wrapper a command that becomes what its last arguments say */
    public static ServiceProcess start(List<String> wrapper, Map<String, String> config) throws IOException {
        ServiceProcess service = launch(wrapper, config);
        service.awaitListening();
        return service;
    }

    /** Starts it and returns at once. */
    public static ServiceProcess launch(List<String> wrapper, Map<String, String> config) throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(NATIVE.isEmpty() ? List.of(JAVA.toString(), QUICK_START) : List.of(NATIVE));
        command.addAll(List.of("-Xmx256m", "-Dquarkus.http.port=0"));
        config.forEach((key, value) -> command.add("-D" + key + "=" + value));
        if (NATIVE.isEmpty()) {
            command.addAll(List.of("-jar", "target/quarkus-app/quarkus-run.jar"));
        }
        return new ServiceProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** One that somebody else has started in another way. */
    public static ServiceProcess of(Process process) {
        return new ServiceProcess(process);
    }

    /** Returns when it listens; RestAssured then talks to it. */
    public void awaitListening() throws IOException {
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line; (line = out.readLine()) != null; ) {
            log.add(line);
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                RestAssured.port = Integer.parseInt(listening.group(1));
                var reader = new Thread(() -> keepReading(out), "service-log");
                reader.setDaemon(true);
                reader.start();
                return;
            }
        }
        throw new IOException(
                "the service did not start, exit code %d:\n%s".formatted(exitCode(), String.join("\n", log)));
    }

    private int exitCode() {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    private void keepReading(BufferedReader out) {
        try {
            out.lines().forEach(log::add);
        } catch (UncheckedIOException closed) {
            // The end of the process.
        }
    }

    public long pid() {
        return process.pid();
    }

    public List<String> log() {
        return List.copyOf(log);
    }

    /** Asks it to stop, as Kubernetes would. */
    public void terminate() {
        // Not process.destroy(): that would close the pipe to its log.
        process.toHandle().destroy();
    }

    public void kill() {
        process.toHandle().destroyForcibly();
    }

    public boolean awaitExit(long seconds) throws InterruptedException {
        return awaitExit(seconds, TimeUnit.SECONDS);
    }

    public boolean awaitExit(long time, TimeUnit unit) throws InterruptedException {
        return process.waitFor(time, unit);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
