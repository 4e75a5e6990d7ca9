package io.agentservice.process;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Starts processes. Each has three threads of its own for its pipes, as blocking reads need. */
@Singleton
public final class ProcessLauncher {

    private final AtomicLong threadNumber = new AtomicLong();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "process-pipe-" + threadNumber.incrementAndGet());
        thread.setDaemon(true);
        // Not that of the JVM's own thread that sees processes end, which may be another application's by now.
        thread.setContextClassLoader(ProcessLauncher.class.getClassLoader());
        return thread;
    });

    /**
     * Starts a process; blocks for the milliseconds that takes.
     *
     * @throws IOException if it cannot be started: no such program or directory, or an argument list too long
     */
    public RunningProcess start(ProcessSpec spec) throws IOException {
        var builder = new ProcessBuilder(SandboxCommand.of(spec, CurrentUser.isRoot()))
                .directory(spec.directory().toFile());
        builder.environment().clear();
        builder.environment().putAll(spec.environment());
        return RunningProcess.attach(builder.start(), spec, threads);
    }

    @PreDestroy
    void close() {
        threads.shutdown();
    }
}
