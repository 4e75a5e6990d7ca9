package io.agentservice.workspace;

import io.agentservice.process.Confinement;
import io.agentservice.process.OutputLine;
import io.agentservice.process.ProcessExit;
import io.agentservice.process.ProcessLauncher;
import io.agentservice.process.ProcessSpec;
import io.agentservice.process.RunningProcess;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs git with nothing of the machine's or the user's settings, in a bounded time and with bounded output. Never in a
 * repository whose configuration an agent could have written: git would run what that names. All methods block.
 */
final class Git {

    private static final long KILL_PATIENCE_SECONDS = 15;

    /** What of the service's environment git may need to reach a server. */
    private static final Set<String> INHERITED = Set.of(
            "PATH",
            "TZ",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "NO_PROXY",
            "http_proxy",
            "https_proxy",
            "no_proxy",
            "ALL_PROXY",
            "all_proxy",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "GIT_SSL_CAINFO");

    /** Read by every git that we start and by those that it starts, also for the other side of a local fetch. */
    private static final String CONFIG = """
            # Written by the service at each start.
            [safe]
            \tdirectory = *
            [core]
            \thooksPath = /dev/null
            \tfsmonitor = false
            \tattributesFile = /dev/null
            \texcludesFile = /dev/null
            \tprotectHFS = true
            \tprotectNTFS = true
            [protocol]
            \tallow = never
            [protocol "https"]
            \tallow = always
            [protocol "http"]
            \tallow = always
            [protocol "ssh"]
            \tallow = always
            [protocol "git"]
            \tallow = always
            [protocol "file"]
            \tallow = user
            [init]
            \ttemplateDir =
            \tdefaultBranch = main
            [gc]
            \tauto = 0
            [maintenance]
            \tauto = false
            [fetch]
            \tunpackLimit = 1
            [submodule]
            \trecurse = false
            [advice]
            \tdetachedHead = false
            [http]
            \tlowSpeedLimit = 1
            \tlowSpeedTime = 60
            """;

    private final ProcessLauncher launcher;
    private final Map<String, String> environment;

    private Git(ProcessLauncher launcher, Map<String, String> environment) {
        this.launcher = launcher;
        this.environment = environment;
    }

    /**
     * @param home a folder for git's own: it is made if it is not there
     * @param ours the service's environment
     */
    static Git in(Path home, ProcessLauncher launcher, Map<String, String> ours) throws IOException {
        Path config = Folders.privateDirectory(home).resolve("config");
        Files.writeString(config, CONFIG);
        Map<String, String> environment = new HashMap<>(ours);
        environment.keySet().retainAll(INHERITED);
        environment.put("HOME", home.toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        environment.put("GIT_CONFIG_GLOBAL", config.toString());
        environment.put("GIT_TERMINAL_PROMPT", "0");
        environment.put("GIT_NO_LAZY_FETCH", "1");
        environment.put("GIT_OPTIONAL_LOCKS", "0");
        environment.put("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes");
        return new Git(launcher, environment);
    }

    /** @throws WorkspaceException with git's own words if it fails, or takes longer than it may */
    GitOutput run(GitCommand command) throws WorkspaceException {
        GitOutput output = tryRun(command);
        if (!output.isGood()) {
            throw new WorkspaceException("git %s failed: %s".formatted(command.name(), output.complaint()));
        }
        return output;
    }

    /** @throws WorkspaceException if it takes longer than it may, or could not be started */
    GitOutput tryRun(GitCommand command) throws WorkspaceException {
        RunningProcess process = start(command);
        process.closeInput();
        var collected = new Collected(command.maxBytes(), process);
        CompletableFuture<ProcessExit> end = process.lines()
                .invoke(collected::add)
                .collect()
                .last()
                .chain(process::exit)
                .subscribeAsCompletionStage();
        try {
            ProcessExit exit = end.get(command.timeout().toMillis(), TimeUnit.MILLISECONDS);
            return collected.output(exit.code());
        } catch (TimeoutException e) {
            end(process, end);
            throw new WorkspaceException("git %s took longer than %d s and was ended"
                    .formatted(command.name(), command.timeout().toSeconds()));
        } catch (InterruptedException e) {
            process.kill();
            Thread.currentThread().interrupt();
            throw new WorkspaceException("git " + command.name() + " was given up", new InterruptedIOException());
        } catch (ExecutionException e) {
            throw new WorkspaceException("git " + command.name() + " failed: " + e.getCause(), e);
        }
    }

    private RunningProcess start(GitCommand command) throws WorkspaceException {
        Map<String, String> child = new HashMap<>(environment);
        child.putAll(command.environment());
        // Each its own: what carries a marker is ended with the process that it names.
        child.put(ProcessSpec.MARKER, "git." + UUID.randomUUID());
        List<String> arguments = new ArrayList<>(List.of("git"));
        arguments.addAll(command.arguments());
        int maxLine = (int) Math.min(command.maxBytes(), Integer.MAX_VALUE / 2);
        try {
            return launcher.start(new ProcessSpec(arguments, command.directory(), child, Confinement.none(), maxLine));
        } catch (IOException e) {
            throw new WorkspaceException("git could not be started: " + e.getMessage(), e);
        }
    }

    private static void end(RunningProcess process, CompletableFuture<ProcessExit> end) {
        process.kill();
        try {
            end.get(KILL_PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException given) {
            // It is killed, and that is all that can be done.
        }
    }

    /** The lines of one command, up to a bound; beyond that the process is ended. */
    private static final class Collected {
        private static final int STDERR_LINES = 20;

        private final long maxBytes;
        private final RunningProcess process;
        private final List<String> out = new ArrayList<>();
        private final List<String> err = new ArrayList<>();
        private long bytes;
        private boolean truncated;

        Collected(long maxBytes, RunningProcess process) {
            this.maxBytes = maxBytes;
            this.process = process;
        }

        synchronized void add(List<OutputLine> lines) {
            for (OutputLine line : lines) {
                if (line.source() == OutputLine.Source.STDERR) {
                    if (err.size() == STDERR_LINES) {
                        err.remove(0);
                    }
                    err.add(line.text());
                } else {
                    addOut(line);
                }
            }
        }

        private void addOut(OutputLine line) {
            bytes += line.text().length() + 1L;
            if (!truncated && (bytes > maxBytes || line.droppedBytes() > 0)) {
                truncated = true;
                process.kill();
            }
            if (!truncated) {
                out.add(line.text());
            }
        }

        synchronized GitOutput output(int exitCode) {
            return new GitOutput(exitCode, List.copyOf(out), List.copyOf(err), truncated);
        }
    }
}
