package io.agentservice.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder of one run: a workspace with one agent, the program that stands in for the CLI, and what it says. */
record BenchHome(Path directory) {

    static final String AGENT = "bench";
    static final String SAY_NOTHING = "say nothing";
    static final String SAY_THE_FILE = "say the file";
    static final String SAY_WHAT_COMES = "say what comes";

    private static final String DEFINITION = """
            ---
            name: bench
            description: Says what the benchmark wants
            ---
            You are a stand-in.
            """;
    private static final String STAND_IN = """
            #!/bin/sh
            # Stands in for the Claude CLI: answers the control protocol, then does what the prompt asks for.
            here="${0%/*}"
            case "$1" in --version) echo '0.0.0 (bench)'; exit ;; esac
            read -r initialize
            echo '{"type":"control_response","response":{"subtype":"success","request_id":"initialize",\
            "response":{"agents":[{"name":"bench"}]}}}'
            read -r prompt
            case "$prompt" in
            *"say the file"*) cat "$here/stream.ndjson" ;;
            *"say what comes"*) cat "$here/line" ;;
            esac
            echo '{"type":"result","subtype":"success","is_error":false,"result":"done","total_cost_usd":0.01}'
            """;

    /** Made now; when this JVM ends, however it ends, what it started is killed and the folder removed. */
    static BenchHome createIn(Path parent) throws IOException, InterruptedException {
        // Not in /tmp, which the best sandbox hides from agents and which is often no disk.
        var home = new BenchHome(Files.createTempDirectory(Files.createDirectories(parent), "run"));
        Runtime.getRuntime().addShutdownHook(new Thread(home::clear));
        // The SQLite driver of the yardstick unpacks a library.
        System.setProperty("org.sqlite.tmpdir", home.directory.toString());
        Files.createDirectories(home.agents());
        Files.writeString(home.agents().resolve("bench.md"), DEFINITION);
        Files.writeString(home.policies(), "defaults:\n  workspace: {mode: directory, shared: true}\n");
        Files.writeString(home.standIn(), STAND_IN);
        Files.setPosixFilePermissions(home.standIn(), PosixFilePermissions.fromString("rwx------"));
        int made = new ProcessBuilder("mkfifo", home.line().toString()).start().waitFor();
        if (made != 0) {
            throw new IOException("mkfifo failed");
        }
        return home;
    }

    Path workspace() {
        return directory.resolve("workspace");
    }

    Path policies() {
        return directory.resolve("agents.yaml");
    }

    private Path agents() {
        return workspace().resolve(".claude").resolve("agents");
    }

    Path standIn() {
        return directory.resolve("claude");
    }

    /** What an agent says at once. */
    Path stream() {
        return directory.resolve("stream.ndjson");
    }

    /** A named pipe: what is written to it an agent says live. */
    Path line() {
        return directory.resolve("line");
    }

    /** Opens the line; agents on it wait for words until it is closed. Opened both ways it needs no listener yet. */
    RandomAccessFile openLine() throws IOException {
        return new RandomAccessFile(line().toFile(), "rw");
    }

    Path fresh(String name) throws IOException {
        return Files.createTempDirectory(directory, name);
    }

    private void clear() {
        List<ProcessHandle> started = ProcessHandle.current().descendants().toList();
        started.forEach(ProcessHandle::destroyForcibly);
        started.forEach(process -> process.onExit().join());
        try {
            remove(directory);
        } catch (IOException | UncheckedIOException e) {
            System.err.println("bench: could not remove " + directory + ": " + e);
        }
    }

    static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }
}
