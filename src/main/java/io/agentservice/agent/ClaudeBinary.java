package io.agentservice.agent;

import io.agentservice.process.Confinement;
import io.agentservice.process.OutputLine;
import io.agentservice.process.ProcessLauncher;
import io.agentservice.process.ProcessSpec;
import io.agentservice.process.RunningProcess;
import io.smallrye.mutiny.TimeoutException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The CLI on the disk: where it is, which version, and whether it runs at all. */
@Singleton
class ClaudeBinary {

    private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+)+\\S*");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** One that is the same file is started again only to see that it still runs. */
    private static final Duration TRUST = Duration.ofMinutes(10);

    private static final int MAX_LINE_BYTES = 4096;

    private final String name;
    private final ProcessLauncher launcher;
    private final Clock clock;
    private Optional<Known> known = Optional.empty();

    @Inject
    ClaudeBinary(AgentConfig config, ProcessLauncher launcher, Clock clock) {
        this(config.claudeBinary(), launcher, clock);
    }

    ClaudeBinary(String name, ProcessLauncher launcher, Clock clock) {
        this.name = name;
        this.launcher = launcher;
        this.clock = clock;
    }

    /**
     * @param path empty if it was not found
     * @param version empty if it does not run
     * @param error why it does not
     */
    record Finding(Optional<Path> path, Optional<String> version, Optional<String> error) {}

    /** A file that ran, as it was then. */
    private record Known(Path path, Object state, String version, Instant at) {}

    /** Blocks, for as long as it takes to start it if it is new. */
    synchronized Finding look() {
        Optional<Path> path = find();
        if (path.isEmpty()) {
            return new Finding(path, Optional.empty(), Optional.of("there is no such program: set CLAUDE_BIN"));
        }
        try {
            Object state = Files.getLastModifiedTime(path.get()) + " " + Files.size(path.get());
            if (known.filter(last -> isStill(last, path.get(), state)).isEmpty()) {
                known = Optional.empty();
                known = Optional.of(new Known(path.get(), state, version(path.get()), clock.instant()));
            }
            return new Finding(path, known.map(Known::version), Optional.empty());
        } catch (IOException | UncheckedIOException e) {
            return new Finding(path, Optional.empty(), Optional.of("it does not run: " + e.getMessage()));
        }
    }

    private boolean isStill(Known last, Path path, Object state) {
        return last.path().equals(path)
                && last.state().equals(state)
                && clock.instant().isBefore(last.at().plus(TRUST));
    }

    /** As the operating system would look: a path as it is, a name on PATH. */
    private Optional<Path> find() {
        if (name.contains(File.separator)) {
            return Optional.of(Path.of(name)).filter(Files::isExecutable);
        }
        return Arrays.stream(path().split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String path() {
        return Optional.ofNullable(System.getenv("PATH")).orElse("");
    }

    private String version(Path binary) throws IOException {
        RunningProcess process = launcher.start(new ProcessSpec(
                List.of(binary.toAbsolutePath().toString(), "--version"),
                Path.of("/"),
                Map.of("PATH", path(), "HOME", "/nonexistent", ProcessSpec.MARKER, "version"),
                Confinement.none(),
                MAX_LINE_BYTES));
        process.closeInput();
        try {
            List<OutputLine> lines = process.lines()
                    .onItem()
                    .<OutputLine>disjoint()
                    .collect()
                    .asList()
                    .await()
                    .atMost(PATIENCE);
            return version(lines, process.exit().await().atMost(PATIENCE).code());
        } catch (TimeoutException e) {
            throw new IOException("no answer to --version in " + PATIENCE.toSeconds() + " s");
        } finally {
            process.kill();
        }
    }

    private static String version(List<OutputLine> lines, int exitCode) throws IOException {
        if (exitCode != 0) {
            String last = lines.isEmpty()
                    ? ""
                    : ": " + Excerpt.start(lines.get(lines.size() - 1).text(), 200);
            throw new IOException("--version ends with exit code " + exitCode + last);
        }
        return lines.stream()
                .map(line -> VERSION.matcher(line.text()))
                .filter(Matcher::find)
                .map(Matcher::group)
                .findFirst()
                .orElse("unknown");
    }
}
