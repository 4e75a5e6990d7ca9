package io.agentservice.runner;

import io.agentservice.agent.AgentConversation;
import io.agentservice.job.FailureReason;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.agentservice.job.RunCost;
import io.agentservice.process.OutputLine;
import io.agentservice.process.ProcessExit;
import io.agentservice.process.RunningProcess;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * One process at work on one job, from its first line to its exit. Time passes by {@link #tick}:
 *
 * <pre>
 *   running ──stop──► interrupted ──interruptGrace──► terminated ──terminateGrace──► killed
 * </pre>
 */
final class Run {

    private static final Logger LOG = Logger.getLogger(Run.class);

    private final RunningProcess process;
    private final AgentConversation conversation;
    private final Recorder recorder;
    private final RunClock limits;
    private final RunnerConfig config;
    private final Clock clock;
    private Optional<StopReason> stopReason = Optional.empty();
    private Instant nextMeasureAt = Instant.MAX;
    private boolean terminated;
    private boolean hadResult;
    private boolean unrecorded;

    Run(
            RunningProcess process,
            AgentConversation conversation,
            Recorder recorder,
            RunClock limits,
            RunnerConfig config,
            Clock clock) {
        this.process = process;
        this.conversation = conversation;
        this.recorder = recorder;
        this.limits = limits;
        this.config = config;
        this.clock = clock;
    }

    /** Records everything to the end; completes when the process and its tree are gone. Subscribe once. */
    Uni<RunEnd> toEnd() {
        conversation.begin();
        return process.lines()
                .onItem()
                .transformToUniAndConcatenate(this::record)
                .collect()
                .last()
                .onFailure()
                .recoverWithItem(this::recordingFailed)
                .chain(process::exit)
                .map(this::end);
    }

    private Uni<Void> record(List<OutputLine> lines) {
        limits.heard(clock.instant());
        return recorder.record(lines).invoke(this::lookAtCredential);
    }

    private void lookAtCredential() {
        if (conversation.isRefused() && !conversation.isOver()) {
            stop(StopReason.REFUSED);
        }
    }

    private synchronized Void recordingFailed(Throwable failure) {
        LOG.errorf(failure, "what an agent said could not be recorded jobId=%s", recorder.job());
        unrecorded = true;
        stop(StopReason.RECORDING);
        return null;
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
        boolean nothingMoreToSay = conversation.isOver() || process.isMute();
        if (nothingMoreToSay && limits.silentFor(config.exitGrace(), now)) {
            stop(StopReason.STAYED);
        } else {
            limits.passed(now, conversation.openToolCalls()).ifPresent(this::stop);
        }
    }

    /** Begins the end, gently. Does nothing if it has begun. */
    synchronized void stop(StopReason reason) {
        if (stopReason.isPresent()) {
            return;
        }
        stopReason = Optional.of(reason);
        hadResult = conversation.isOver();
        conversation.interrupt();
        boolean hopeless = reason == StopReason.STAYED || reason == StopReason.RECORDING;
        nextMeasureAt = clock.instant().plus(hopeless ? Duration.ZERO : config.interruptGrace());
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

    /** An agent that gave a good result before it was ended has done its job, if that is on record. */
    private synchronized RunEnd end(ProcessExit exit) {
        Outcome own = conversation.outcome(exit);
        boolean completed = own.status() == JobStatus.COMPLETED && !unrecorded;
        StopReason stopped = stopReason.orElse(StopReason.STAYED);
        if (completed || stopped == StopReason.STAYED || hadResult && !unrecorded) {
            return end(own, RunEnd.Cause.ITSELF);
        }
        return end(
                own.endedAs(stopped.status(), stopped.reason(), stopped.sentence()),
                stopped == StopReason.DRAIN ? RunEnd.Cause.DRAIN : RunEnd.Cause.ITSELF);
    }

    private RunEnd end(Outcome outcome, RunEnd.Cause cause) {
        boolean refused =
                conversation.isRefused() && outcome.reason().equals(Optional.of(FailureReason.AUTHENTICATION));
        return new RunEnd(
                outcome,
                cost(),
                cause,
                conversation.limitedUntil(),
                refused ? RunEnd.Credential.REFUSED : RunEnd.Credential.NOTHING);
    }

    private RunCost cost() {
        try {
            return conversation.cost();
        } catch (RuntimeException e) {
            LOG.errorf(e, "what a run has cost could not be read jobId=%s", recorder.job());
            return new RunCost(List.of(), true);
        }
    }
}
