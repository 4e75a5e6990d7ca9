package io.agentservice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs scripts as they are run elsewhere: under a given shell, with only the programs that are there. */
public final class Shell {

    private static final int PATIENCE_SECONDS = 120;
    private static final int SIGINT = 2;

    private final List<String> command;
    private final String path;
    private final Path folder;
    private int runs;

    private Shell(List<String> command, String path, Path folder) {
        this.command = command;
        this.path = path;
        this.folder = folder;
    }

    /** What a script said and how it ended. */
    public record Ran(int code, String out, String err) {}

    /** The shell of this machine. */
    public static Shell sh(Path folder) {
        return new Shell(List.of("sh"), System.getenv("PATH"), folder);
    }

    public static Shell dash(Path folder) {
        return new Shell(List.of(Tools.need("dash").toString()), System.getenv("PATH"), folder);
    }

    /** As in an alpine container: busybox is all there is, and curl and jq. */
    public static Shell busybox(Path folder) throws IOException {
        Path bin = Files.createDirectories(Path.of("target/busybox/curl-jq"));
        fill(bin);
        for (String program : List.of("curl", "jq")) {
            link(bin.resolve(program), Tools.need(program));
        }
        return new Shell(
                List.of(bin.resolve("sh").toAbsolutePath().toString()),
                bin.toAbsolutePath().toString(),
                folder);
    }

    /** As in an alpine container that was just started: busybox, and an apk that finds on this machine what it adds. */
    public static Shell alpine(Path folder) throws IOException {
        Path bin = Files.createDirectories(Path.of("target/busybox/bare")).toAbsolutePath();
        fill(bin);
        Path added = Files.createDirectories(folder.resolve("added"));
        Path apk = Files.writeString(added.resolve("apk"), """
                #!/bin/sh
                [ "$1 $2" = 'add --no-cache' ] || exit 9
                shift 2
                for program; do ln -sf "$(PATH=%s command -v "$program")" %s/; done
                """.formatted(System.getenv("PATH"), added));
        if (!apk.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + apk + " executable");
        }
        return new Shell(List.of(bin.resolve("sh").toString()), added + ":" + bin, folder);
    }

    private static void fill(Path bin) throws IOException {
        Path busybox = Tools.need("busybox");
        if (!Files.exists(bin.resolve("sh"))) {
            for (String applet : list(busybox)) {
                link(bin.resolve(applet), busybox);
            }
        }
    }

    private static List<String> list(Path busybox) throws IOException {
        Process process = new ProcessBuilder(busybox.toString(), "--list").start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .lines()
                .toList();
    }

    private static void link(Path link, Path target) throws IOException {
        try {
            Files.createSymbolicLink(link, target);
        } catch (FileAlreadyExistsException made) {
            // By another shell of this folder.
        }
    }

    /** One run under way. */
    public final class Running implements AutoCloseable {

        private final Process process;
        private final Path out;
        private final Path err;

        private Running(Process process, Path out, Path err) {
            this.process = process;
            this.out = out;
            this.err = err;
        }

        public long pid() {
            return process.pid();
        }

        public String out() {
            return read(out);
        }

        public String err() {
            return read(err);
        }

        /** @param name of a signal, as INT */
        public void signal(String name) throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-s", name, Long.toString(pid())).start().waitFor();
        }

        public Ran await() {
            try {
                boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (!ended) {
                    close();
                    throw new AssertionError("it does not end; it said:%n%s%n%s".formatted(out(), err()));
                }
                return new Ran(process.exitValue(), out(), err());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    public Ran run(Map<String, String> environment, String input, String... arguments) throws IOException {
        try (Running running = start(environment, input, arguments)) {
            return running.await();
        }
    }

    public Running start(Map<String, String> environment, String input, String... arguments) throws IOException {
        return start(Path.of(""), environment, input, arguments);
    }

    /**
     * Starts the shell with these arguments.
     *
     * @param in the working directory
     * @param environment nothing else is in it but PATH, HOME and TMPDIR
     */
    public Running start(Path in, Map<String, String> environment, String input, String... arguments)
            throws IOException {
        Path home = Files.createDirectories(folder.resolve("run-" + (++runs) + "-" + System.nanoTime()));
        var all = new ArrayList<String>();
        if (ignoresInterrupts()) {
            all.addAll(List.of("/usr/bin/env", "--default-signal=INT"));
        }
        all.addAll(command);
        all.addAll(List.of(arguments));
        var builder = new ProcessBuilder(all)
                .directory(in.toAbsolutePath().toFile())
                .redirectInput(Files.writeString(home.resolve("in"), input).toFile())
                .redirectOutput(home.resolve("out").toFile())
                .redirectError(home.resolve("err").toFile());
        builder.environment().clear();
        builder.environment().putAll(defaults(home));
        builder.environment().putAll(environment);
        return new Running(builder.start(), home.resolve("out"), home.resolve("err"));
    }

    /** Whether we were started so, as with "&" in a script: a shell cannot trap what it was started ignoring. */
    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        String ignored = "SigIgn:";
        if (!Files.exists(status)) {
            return false;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(ignored))
                .map(line ->
                        Long.parseUnsignedLong(line.substring(ignored.length()).strip(), 16))
                .anyMatch(mask -> (mask & 1L << SIGINT - 1) != 0);
    }

    private Map<String, String> defaults(Path home) throws IOException {
        Path temporary = Files.createDirectories(home.resolve("tmp"));
        var defaults = new HashMap<String, String>();
        defaults.put("PATH", path);
        defaults.put("HOME", home.toString());
        defaults.put("TMPDIR", temporary.toString());
        return defaults;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
