package io.agentservice.runner;

import io.agentservice.agent.AgentConversation;
import io.agentservice.job.Delta;
import io.agentservice.job.FailureReason;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Outcome;
import io.agentservice.job.RunCost;
import io.agentservice.process.OutputLine;
import io.agentservice.process.ProcessExit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Understands lines of a few words: {@code result TEXT} is the result, {@code delta TEXT} a delta, {@code two TEXT} a
 * message of two events, {@code nothing} means nothing, anything else is output.
 */
final class ScriptedConversation implements AgentConversation {

    private Runnable whenInterrupted = () -> {};
    private volatile boolean over;
    private int interrupts;

    /** What an interrupt leads to. */
    void whenInterrupted(Runnable action) {
        whenInterrupted = action;
    }

    synchronized int interrupts() {
        return interrupts;
    }

    @Override
    public void begin() {
        // The processes of these tests speak first.
    }

    @Override
    public Reading read(OutputLine line) {
        if (line.source() == OutputLine.Source.STDERR) {
            return events(new JobEvent.Stderr(line.text()));
        }
        String[] words = line.text().split(" ", 2);
        return switch (words[0]) {
            case "result" -> result(words[1]);
            case "delta" -> new Reading(List.of(), List.of(new Delta("text", words[1], Optional.empty())));
            case "two" -> events(new JobEvent.Output(words[1]), new JobEvent.Output(words[1]));
            case "nothing" -> new Reading(List.of(), List.of());
            case "fail" -> throw new IllegalStateException("a fault in the conversation");
            default -> events(new JobEvent.Output(line.text()));
        };
    }

    private Reading result(String text) {
        over = true;
        return events(new JobEvent.Result(false, Optional.of(text), Json.EMPTY_OBJECT));
    }

    private static Reading events(JobEvent... events) {
        return new Reading(List.of(events), List.of());
    }

    @Override
    public synchronized void interrupt() {
        interrupts++;
        whenInterrupted.run();
    }

    @Override
    public boolean isOver() {
        return over;
    }

    @Override
    public boolean isRefused() {
        return false;
    }

    @Override
    public Set<String> openToolCalls() {
        return Set.of();
    }

    /** Completed with a result, failed without. */
    @Override
    public Outcome outcome(ProcessExit exit) {
        return new Outcome(
                over ? JobStatus.COMPLETED : JobStatus.FAILED,
                over ? Optional.empty() : Optional.of(FailureReason.NO_RESULT),
                over ? Optional.empty() : Optional.of("no result"),
                OptionalInt.of(exit.code()),
                Optional.empty(),
                "");
    }

    @Override
    public RunCost cost() {
        return RunCost.NOTHING;
    }

    @Override
    public Optional<Instant> limitedUntil() {
        return Optional.empty();
    }
}
