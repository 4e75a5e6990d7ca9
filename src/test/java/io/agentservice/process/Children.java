package io.agentservice.process;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Starts the programs of a test and sees that none outlives it. Each has a mark of its own in its environment, and
 * what must be found again whatever it does to itself sleeps for {@link #token} seconds: no other process does.
 */
final class Children implements AutoCloseable {

    static final int MAX_LINE_BYTES = 32 << 20;

    /** Five minutes and a fraction that names this test. */
    final String token = "300." + ThreadLocalRandom.current().nextLong(1_000_000_000L, 10_000_000_000L);

    private static final Sandboxes SANDBOXES = new Sandboxes();

    private final ProcessLauncher launcher = new ProcessLauncher();
    private final List<RunningProcess> started = new ArrayList<>();
    private final Path directory;

    Children(Path directory) {
        this.directory = directory;
    }

    static Stream<Sandbox> sandboxes() {
        return SANDBOXES.available().stream();
    }

    static Stream<Sandbox> namespaces() {
        return sandboxes().filter(Sandbox::isEnforcedByKernel);
    }

    /** A shell script; {@code $TOKEN} in it is the token. */
    RunningProcess sh(Sandbox sandbox, String script) throws IOException {
        return start(sandbox, MAX_LINE_BYTES, List.of("sh", "-c", script.replace("$TOKEN", token)));
    }

    RunningProcess sh(String script) throws IOException {
        return sh(Sandbox.NONE, script);
    }

    /** A program of the test class path. */
    RunningProcess java(Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(program),
                program.getName()));
        command.addAll(List.of(arguments));
        return start(Sandbox.NONE, MAX_LINE_BYTES, command);
    }

    RunningProcess start(Sandbox sandbox, int maxLineBytes, List<String> command) throws IOException {
        var environment = Map.of(
                "PATH",
                System.getenv("PATH"),
                ProcessSpec.MARKER,
                UUID.randomUUID().toString());
        return start(new ProcessSpec(command, directory, environment, confinement(sandbox), maxLineBytes));
    }

    /** A sandbox in which the test's folder is there to work in. */
    Confinement confinement(Sandbox sandbox) {
        return new Confinement(sandbox, List.of(), List.of(directory), List.of());
    }

    RunningProcess start(ProcessSpec spec) throws IOException {
        RunningProcess process = launcher.start(spec);
        started.add(process);
        return process;
    }

    private static String classPath(Class<?> program) {
        try {
            return Path.of(program.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The processes with the token in their argument list; a zombie has none. */
    List<Long> survivors() {
        return pids().filter(pid -> commandLine(pid).contains(token)).boxed().toList();
    }

    static LongStream pids() {
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return LongStream.of(entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches("\\d+"))
                    .mapToLong(Long::parseLong)
                    .toArray());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
        } catch (IOException gone) {
            return "";
        }
    }

    /** Ends by pid whatever still carries the token. */
    void killSurvivors() {
        survivors().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    @Override
    public void close() {
        started.stream().filter(RunningProcess::isAlive).forEach(RunningProcess::kill);
        killSurvivors();
        launcher.close();
    }
}
