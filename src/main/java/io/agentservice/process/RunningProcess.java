package io.agentservice.process;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A process that was started. Its contract:
 *
 * <pre>
 *   started ──► lines … ──► root process ends ──► tree swept ──► streams drained ──► lines complete, exit known
 * </pre>
 *
 * {@link #exit} is known only when nothing of the tree is left that can be found and both streams are read to their
 * end. {@link #lines} must be subscribed to, or the process waits once the mailbox is full.
 */
public final class RunningProcess {

    /** What may wait between the process and who records its lines, in bytes. */
    private static final long MAILBOX_BYTES = 8L << 20;

    private static final Duration SWEEP_GRACE = Duration.ofSeconds(2);
    /** How long a stream may stay open after the tree is gone; only a process that no sweep finds can hold it. */
    private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(2);

    private final Process process;
    private final Sandbox sandbox;
    private final ProcessTree tree;
    private final InputPump input;
    private final OutputMailbox mailbox;
    private final CountDownLatch openStreams = new CountDownLatch(2);
    private final CompletableFuture<ProcessExit> exit = new CompletableFuture<>();
    private volatile int takenAlong;

    private RunningProcess(Process process, ProcessSpec spec, Executor threads) {
        this.process = process;
        this.sandbox = spec.confinement().sandbox();
        this.tree = ProcessTree.of(process, spec);
        this.input = new InputPump(process.getOutputStream());
        this.mailbox = new OutputMailbox(threads, MAILBOX_BYTES);
    }

    static RunningProcess attach(Process process, ProcessSpec spec, Executor threads) {
        var running = new RunningProcess(process, spec, threads);
        threads.execute(() -> running.read(OutputLine.Source.STDOUT, process.getInputStream(), spec.maxLineBytes()));
        threads.execute(() -> running.read(OutputLine.Source.STDERR, process.getErrorStream(), spec.maxLineBytes()));
        threads.execute(running.input);
        process.onExit().thenRunAsync(running::finish, threads);
        return running;
    }

    public long pid() {
        return process.pid();
    }

    /** Everything it writes, in order of arrival; completes when it has ended and nothing is left to read. */
    public Multi<List<OutputLine>> lines() {
        return Multi.createFrom().publisher(mailbox);
    }

    /** Never waits: the line is written when the process reads. */
    public void send(String line) {
        input.send(line);
    }

    public void closeInput() {
        input.end();
    }

    public Uni<ProcessExit> exit() {
        return Uni.createFrom().completionStage(exit::copy);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it still runs although it has closed both its outputs: nothing more can be heard of it. */
    public boolean isMute() {
        return openStreams.getCount() == 0 && process.isAlive();
    }

    /** Asks the process to end (SIGTERM). In a namespace only the wrapper would hear it, so there it is killed. */
    public void terminate() {
        if (sandbox.isEnforcedByKernel()) {
            kill();
            return;
        }
        tree.remember();
        // Not process.destroy(): that closes our ends of the pipes too, so it waits for a full stdin and loses output.
        process.toHandle().destroy();
    }

    /** Ends the process now (SIGKILL); its tree follows, see {@link #exit}. */
    public void kill() {
        tree.remember();
        if (sandbox.isEnforcedByKernel() && process.isAlive()) {
            takenAlong = Math.max(takenAlong, tree.size());
        }
        process.toHandle().destroyForcibly();
    }

    /** How many were there when it was killed, and were ended by the kernel with it; none where only signals do that. */
    public int takenAlong() {
        return takenAlong;
    }

    private void read(OutputLine.Source source, InputStream stream, int maxLineBytes) {
        try (stream) {
            new LineReader(source, maxLineBytes, mailbox::offer).drain(stream);
        } catch (IOException closed) {
            // The stream was closed under us at the end of the process: what came before is kept.
        } finally {
            openStreams.countDown();
        }
    }

    /** Waits as long as lines still move: a busy recorder is no reason to lose the end of the output. */
    private void awaitDrained() throws InterruptedException {
        while (!openStreams.await(DRAIN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS) && mailbox.holdsLines()) {
            // Not empty yet: the readers may be waiting for room.
        }
    }

    private void finish() {
        int swept = 0;
        try {
            swept = tree.sweep(SWEEP_GRACE);
            input.end();
            awaitDrained();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            mailbox.close();
            exit.complete(new ProcessExit(process.exitValue(), swept));
        }
    }
}
