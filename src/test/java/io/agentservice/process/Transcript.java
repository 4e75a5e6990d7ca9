package io.agentservice.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Everything a process writes, kept in order, for a test to wait for. */
final class Transcript {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RunningProcess process;
    private final List<OutputLine> lines = new ArrayList<>();
    private final CompletableFuture<Void> complete = new CompletableFuture<>();

    private Transcript(RunningProcess process) {
        this.process = process;
    }

    static Transcript of(RunningProcess process) {
        var transcript = new Transcript(process);
        process.lines()
                .subscribe()
                .with(
                        transcript::add,
                        transcript.complete::completeExceptionally,
                        () -> transcript.complete.complete(null));
        return transcript;
    }

    private synchronized void add(List<OutputLine> batch) {
        lines.addAll(batch);
        notifyAll();
    }

    /** Waits for a line of stdout. */
    synchronized Transcript awaitLine(String text) throws InterruptedException {
        return awaitLine(
                line -> line.source() == OutputLine.Source.STDOUT && line.text().equals(text));
    }

    private synchronized Transcript awaitLine(Predicate<OutputLine> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (lines.stream().noneMatch(wanted)) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            assertThat(left).as("patience for a line").isPositive();
            wait(left);
        }
        return this;
    }

    /** Waits for the process's end and for all of its lines. */
    ProcessExit awaitExit() throws InterruptedException, ExecutionException, TimeoutException {
        complete.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        return process.exit().await().atMost(PATIENCE);
    }

    synchronized List<OutputLine> lines() {
        return List.copyOf(lines);
    }

    List<String> stdout() {
        return from(OutputLine.Source.STDOUT);
    }

    List<String> stderr() {
        return from(OutputLine.Source.STDERR);
    }

    private List<String> from(OutputLine.Source source) {
        return lines().stream()
                .filter(line -> line.source() == source)
                .map(OutputLine::text)
                .toList();
    }
}
