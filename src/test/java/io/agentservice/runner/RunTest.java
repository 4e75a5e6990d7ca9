package io.agentservice.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.agent.AgentPolicy.RunLimits;
import io.agentservice.job.FailureReason;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.job.JobStatus;
import io.agentservice.process.Confinement;
import io.agentservice.process.ProcessLauncher;
import io.agentservice.process.ProcessSpec;
import io.agentservice.process.RunningProcess;
import io.agentservice.store.EventFilter;
import io.agentservice.store.JobFeed;
import io.agentservice.testing.HandClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run with a real process; its time stands still until a test moves it. */
class RunTest {

    private static final JobId JOB = new JobId("019b76da-a87b-7000-8000-000000000000");
    private static final Duration TIMEOUT = Duration.ofMinutes(30);
    private static final Duration EXIT_GRACE = Duration.ofSeconds(10);
    private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(5);
    private static final Duration TERMINATE_GRACE = Duration.ofSeconds(3);
    private static final String STUBBORN = "trap 'echo asked to end' TERM; echo up; while :; do sleep 0.02; done";

    @TempDir
    Path directory;

    private final HandClock clock = new HandClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final MemoryStore store = new MemoryStore();
    private final ScriptedConversation conversation = new ScriptedConversation();

    private RunningProcess process;
    private Run run;
    private CompletableFuture<RunEnd> end;

    /** Without a stack trace, which would only fill the log of the tests. */
    private static final class DiskGone extends RuntimeException {
        DiskGone() {
            super("the disk is gone", null, false, false);
        }
    }

    private record Graces() implements RunnerConfig {
        @Override
        public Duration exitGrace() {
            return EXIT_GRACE;
        }

        @Override
        public Duration interruptGrace() {
            return INTERRUPT_GRACE;
        }

        @Override
        public Duration terminateGrace() {
            return TERMINATE_GRACE;
        }

        @Override
        public Duration tick() {
            return Duration.ofMillis(200);
        }
    }

    @AfterEach
    void endProcess() throws Exception {
        process.kill();
        end.get(30, TimeUnit.SECONDS);
    }

    private void start(String script) throws IOException {
        var environment = Map.of(
                "PATH",
                System.getenv("PATH"),
                ProcessSpec.MARKER,
                UUID.randomUUID().toString());
        process = new ProcessLauncher()
                .start(new ProcessSpec(
                        List.of("sh", "-c", script), directory, environment, Confinement.none(), 1 << 20));
        var recording = new Recording(store, new JobFeed(), EventFilter.NONE);
        var recorder = new Recorder(JOB, conversation, recording, Ingest.of(JOB), Long.MAX_VALUE);
        var limits = new RunLimits(Optional.empty(), Optional.empty(), Duration.ofHours(1), Optional.empty(), 1 << 20);
        run = new Run(
                process, conversation, recorder, new RunClock(clock.instant(), TIMEOUT, limits), new Graces(), clock);
        end = run.toEnd().subscribeAsCompletionStage();
    }

    private void tick() {
        run.tick(clock.instant());
    }

    private void tickAfter(Duration duration) {
        clock.advance(duration);
        tick();
    }

    private void awaitRecorded(String text) {
        await().atMost(Duration.ofSeconds(20)).until(() -> store.events().contains(new JobEvent.Output(text)));
    }

    private RunEnd awaitEnd() throws ExecutionException, InterruptedException, TimeoutException {
        return end.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aRunRecordsEveryLineAndEndsAsTheAgentSays() throws Exception {
        start("echo one; echo next; echo result done");

        RunEnd ended = awaitEnd();

        assertThat(ended.outcome().status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(ended.outcome().exitCode()).hasValue(0);
        assertThat(ended.cause()).isEqualTo(RunEnd.Cause.ITSELF);
        assertThat(store.events()).hasSize(3).startsWith(new JobEvent.Output("one"), new JobEvent.Output("next"));
        assertThat(conversation.interrupts()).isZero();
    }

    @Test
    void theTimeoutInterruptsThenAsksThenKills() throws Exception {
        start(STUBBORN);
        awaitRecorded("up");

        tickAfter(TIMEOUT.minusMillis(1));
        assertThat(conversation.interrupts()).isZero();
        tickAfter(Duration.ofMillis(1));
        assertThat(conversation.interrupts()).isEqualTo(1);
        tickAfter(INTERRUPT_GRACE.minusMillis(1));
        tickAfter(Duration.ofMillis(1));
        awaitRecorded("asked to end");
        tickAfter(TERMINATE_GRACE.minusMillis(1));
        assertThat(end).isNotDone();
        tickAfter(Duration.ofMillis(1));
        RunEnd ended = awaitEnd();

        assertThat(ended.outcome().status()).isEqualTo(JobStatus.TIMEOUT);
        assertThat(ended.outcome().reason()).contains(FailureReason.WALL_CLOCK);
        assertThat(ended.outcome().exitCode()).hasValue(137);
        assertThat(conversation.interrupts()).isEqualTo(1);
        assertThat(store.events())
                .filteredOn(new JobEvent.Output("asked to end")::equals)
                .hasSize(1);
    }

    @Test
    void anAgentThatEndsWhenInterruptedIsNotAskedAgain() throws Exception {
        conversation.whenInterrupted(() -> process.send("stop"));
        start("trap 'echo asked to end' TERM; echo up; read line; echo stopped; exit 1");
        awaitRecorded("up");

        tickAfter(TIMEOUT);
        RunEnd ended = awaitEnd();

        assertThat(ended.outcome().status()).isEqualTo(JobStatus.TIMEOUT);
        assertThat(ended.outcome().exitCode()).hasValue(1);
        assertThat(store.events()).containsExactly(new JobEvent.Output("up"), new JobEvent.Output("stopped"));
    }

    @Test
    void aGoodResultOnTheLastSecondStands() throws Exception {
        conversation.whenInterrupted(() -> process.send("stop"));
        start("echo up; read line; echo result done");
        awaitRecorded("up");

        tickAfter(TIMEOUT);
        RunEnd ended = awaitEnd();

        assertThat(ended.outcome().status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(ended.outcome().reason()).isEmpty();
    }

    @Test
    void anAgentThatStaysAfterItsResultIsEndedAndItsResultStands() throws Exception {
        start("echo result done; echo up; exec sleep 300");
        awaitRecorded("up");

        tickAfter(EXIT_GRACE.minusMillis(1));
        assertThat(conversation.interrupts()).isZero();
        tickAfter(Duration.ofMillis(1));
        tick();
        RunEnd ended = awaitEnd();

        assertThat(ended.outcome().status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(ended.outcome().exitCode()).hasValue(143);
    }

    @Test
    void anAgentThatStaysAndIgnoresSignalsIsKilled() throws Exception {
        start("echo result done; " + STUBBORN);
        awaitRecorded("up");

        tickAfter(EXIT_GRACE);
        tick();
        awaitRecorded("asked to end");
        tickAfter(TERMINATE_GRACE);
        RunEnd ended = awaitEnd();

        assertThat(ended.outcome().status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(ended.outcome().exitCode()).hasValue(137);
    }

    @Test
    void anAgentThatGoesOnTalkingAfterItsResultMayGoOn() throws Exception {
        start("echo result done; echo up; read line; echo more; read line; echo last");
        awaitRecorded("up");

        clock.advance(EXIT_GRACE.minusMillis(1));
        process.send("go");
        awaitRecorded("more");
        tickAfter(EXIT_GRACE.minusMillis(1));

        assertThat(conversation.interrupts()).isZero();
    }

    @Test
    void anAgentThatClosesItsOutputsAndStaysIsEnded() throws Exception {
        start("echo up; exec >/dev/null 2>&1; exec sleep 300");
        awaitRecorded("up");
        await().until(process::isMute);

        tickAfter(EXIT_GRACE);
        tick();
        RunEnd ended = awaitEnd();

        assertThat(ended.outcome().status()).isEqualTo(JobStatus.FAILED);
        assertThat(ended.outcome().reason()).contains(FailureReason.NO_RESULT);
    }

    @Test
    void whatCannotBeRecordedEndsTheProcessAndTheJobSaysSo() throws Exception {
        store.breakWith(new DiskGone());
        start("echo one; exec sleep 300");
        await().until(() -> conversation.interrupts() == 1);

        tick();
        RunEnd ended = awaitEnd();

        assertThat(ended.outcome().status()).isEqualTo(JobStatus.FAILED);
        assertThat(ended.outcome().reason()).contains(FailureReason.RECORDING);
        assertThat(ended.outcome().exitCode()).hasValue(143);
    }

    @Test
    void aResultThatCouldNotBeRecordedDoesNotCompleteAJob() throws Exception {
        store.breakWith(new DiskGone());
        start("echo result done");

        RunEnd ended = awaitEnd();

        assertThat(ended.outcome().status()).isEqualTo(JobStatus.FAILED);
        assertThat(ended.outcome().reason()).contains(FailureReason.RECORDING);
    }

    @Test
    void noResultThatCouldNotBeRecordedCountsAlsoAfterAStop() throws Exception {
        conversation.whenInterrupted(() -> process.send("stop"));
        start("echo up; read line; echo result done");
        awaitRecorded("up");
        store.breakWith(new DiskGone());

        tickAfter(TIMEOUT);
        RunEnd ended = awaitEnd();

        assertThat(ended.outcome().status()).isEqualTo(JobStatus.TIMEOUT);
    }

    @Test
    void aFaultInTheConversationEndsTheRun() throws Exception {
        start("echo fail; exec sleep 300");
        await().until(() -> conversation.interrupts() == 1);

        tick();
        RunEnd ended = awaitEnd();

        assertThat(ended.outcome().status()).isEqualTo(JobStatus.FAILED);
    }

    @Test
    void aProcessThatWaitsForRoomIsReadToItsEndWhenRecordingFails() throws Exception {
        store.breakWith(new DiskGone());
        start("yes 0123456789 | head -n 3000000; exit 7");

        RunEnd ended = awaitEnd();

        assertThat(ended.outcome().exitCode()).hasValue(7);
    }

    @Test
    void theFirstReasonToStopCounts() throws Exception {
        start("echo up; exec sleep 300");
        awaitRecorded("up");

        run.stop(StopReason.CANCEL);
        run.stop(StopReason.DRAIN);
        tickAfter(INTERRUPT_GRACE);
        RunEnd ended = awaitEnd();

        assertThat(ended.outcome().status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(ended.cause()).isEqualTo(RunEnd.Cause.ITSELF);
        assertThat(conversation.interrupts()).isEqualTo(1);
    }

    @Test
    void aRunThatIsDrainedPutsItsJobBack() throws Exception {
        start("echo up; exec sleep 300");
        awaitRecorded("up");

        run.stop(StopReason.DRAIN);
        tickAfter(INTERRUPT_GRACE);
        RunEnd ended = awaitEnd();

        assertThat(ended.cause()).isEqualTo(RunEnd.Cause.DRAIN);
        assertThat(ended.outcome().reason()).contains(FailureReason.INTERRUPTED);
    }

    @Test
    void aRunThatCompletesWhileItIsDrainedHasDoneItsJob() throws Exception {
        conversation.whenInterrupted(() -> process.send("stop"));
        start("echo up; read line; echo result done");
        awaitRecorded("up");

        run.stop(StopReason.DRAIN);
        RunEnd ended = awaitEnd();

        assertThat(ended.cause()).isEqualTo(RunEnd.Cause.ITSELF);
        assertThat(ended.outcome().status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void timeThatPassesAfterTheEndDoesNothing() throws Exception {
        start("echo result done");
        RunEnd ended = awaitEnd();

        tickAfter(TIMEOUT);
        tickAfter(INTERRUPT_GRACE);
        tickAfter(TERMINATE_GRACE);

        assertThat(ended.outcome().status()).isEqualTo(JobStatus.COMPLETED);
    }
}
