package io.agentservice.runner;

import io.agentservice.agent.AgentConversation;
import io.agentservice.job.Job;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.agentservice.process.OutputLine;
import io.agentservice.process.ProcessExit;
import io.agentservice.process.RunningProcess;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One process at work on one job, from its first line to its exit. Time passes by {@link #tick}:
 *
 * <pre>
 *   running ──stop──► interrupted ──interruptGrace──► terminated ──terminateGrace──► killed
 * </pre>
 */
final class Run {

    private final Job job;
    private final RunningProcess process;
    private final AgentConversation conversation;
    private final Recorder recorder;
    private final RunnerConfig config;
    private final Clock clock;
    private final Instant startedAt;
    private volatile Instant lastLineAt;
    private Optional<StopReason> stopReason = Optional.empty();
    private Instant nextMeasureAt = Instant.MAX;
    private boolean terminated;

    Run(
            Job job,
            RunningProcess process,
            AgentConversation conversation,
            Recorder recorder,
            RunnerConfig config,
            Clock clock) {
        this.job = job;
        this.process = process;
        this.conversation = conversation;
        this.recorder = recorder;
        this.config = config;
        this.clock = clock;
        this.startedAt = clock.instant();
        this.lastLineAt = startedAt;
    }

    /** Records everything to the end; completes when the process and its tree are gone. Subscribe once. */
    Uni<Outcome> toEnd() {
        conversation.begin();
        return process.lines()
                .onItem()
                .transformToUniAndConcatenate(this::record)
                .collect()
                .asList()
                .onFailure()
                .invoke(() -> stop(StopReason.RECORDING))
                .onFailure()
                .recoverWithItem(List.of())
                .chain(() -> process.exit())
                .map(this::outcome);
    }

    private Uni<Void> record(List<OutputLine> lines) {
        lastLineAt = clock.instant();
        return recorder.record(lines);
    }

    /** Looks at the time limits; called every so often. */
    synchronized void tick(Instant now) {
        if (stopReason.isEmpty()) {
            lookAtLimits(now);
        } else if (!now.isBefore(nextMeasureAt)) {
            beFirmer(now);
        }
    }

    private void lookAtLimits(Instant now) {
        if (conversation.isOver() && !now.isBefore(lastLineAt.plus(config.exitGrace()))) {
            stop(StopReason.STAYED);
        } else if (!now.isBefore(startedAt.plus(job.spec().limits().timeout()))) {
            stop(StopReason.WALL_CLOCK);
        }
    }

    /** Begins the end, gently. Does nothing if it has begun. */
    synchronized void stop(StopReason reason) {
        if (stopReason.isPresent()) {
            return;
        }
        stopReason = Optional.of(reason);
        conversation.interrupt();
        boolean patient = reason == StopReason.WALL_CLOCK || reason == StopReason.SHUTDOWN;
        nextMeasureAt = clock.instant().plus(patient ? config.interruptGrace() : Duration.ZERO);
    }

    private void beFirmer(Instant now) {
        if (terminated) {
            process.kill();
        } else {
            process.terminate();
            terminated = true;
        }
        nextMeasureAt = now.plus(config.terminateGrace());
    }

    /** An agent that gave a good result before it was ended has done its job. */
    private synchronized Outcome outcome(ProcessExit exit) {
        Outcome own = conversation.outcome(exit);
        if (stopReason.isEmpty() || stopReason.get() == StopReason.STAYED || own.status() == JobStatus.COMPLETED) {
            return own;
        }
        StopReason stopped = stopReason.get();
        return new Outcome(
                stopped.status(),
                Optional.of(stopped.reason()),
                Optional.of(stopped.sentence()),
                own.exitCode(),
                own.resultLine(),
                own.stderrTail());
    }
}
