package io.agentservice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class JobTest {

    private static final Instant ACCEPTED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant CLAIMED = ACCEPTED.plusSeconds(5);
    private static final Instant LATER = ACCEPTED.plusSeconds(60);
    private static final JobSpec.Limits LIMITS = new JobSpec.Limits(BigDecimal.ONE, Duration.ofMinutes(1));
    private static final Outcome FAILED = Outcome.notRun(JobStatus.FAILED, FailureReason.START, "it did not start");
    private static final Outcome COMPLETED = new Outcome(
            JobStatus.COMPLETED, Optional.empty(), Optional.empty(), OptionalInt.of(0), Optional.empty(), "");

    private final Job queued = Job.accepted(
            JobId.create(ACCEPTED, new Random(1)),
            new JobSpec("do it", "helper", Optional.empty(), LIMITS, JobSpec.Placement.USUAL, Json.EMPTY_OBJECT),
            new Submitter("ci"),
            "2f1c8c6e-0000-4000-8000-000000000001",
            ACCEPTED);
    private final Job running = queued.to(JobStatus.RUNNING, CLAIMED).job();

    @Test
    void anAcceptedJobIsQueuedAndHasNotBeenTried() {
        assertThat(queued.progress())
                .isEqualTo(new Job.Progress(
                        JobStatus.QUEUED,
                        0,
                        0,
                        times(Optional.empty(), Optional.empty()),
                        Spending.NOTHING,
                        Hold.NONE));
    }

    private static Job.Times times(Optional<Instant> startedAt, Optional<Instant> finishedAt) {
        return new Job.Times(ACCEPTED, startedAt, finishedAt);
    }

    @Test
    void claimingAJobCountsTheAttemptAndSetsItsStart() {
        Job claimed = queued.to(JobStatus.RUNNING, CLAIMED).job();

        assertThat(claimed.progress())
                .isEqualTo(new Job.Progress(
                        JobStatus.RUNNING,
                        1,
                        1,
                        times(Optional.of(CLAIMED), Optional.empty()),
                        Spending.NOTHING,
                        Hold.NONE));
    }

    @Test
    void aSecondAttemptKeepsTheFirstStart() {
        Job parked = running.to(JobStatus.QUEUED, LATER).job();

        Job again = parked.to(JobStatus.RUNNING, LATER.plusSeconds(1)).job();

        assertThat(again.progress().attempt()).isEqualTo(2);
        assertThat(again.progress().startedAt()).contains(CLAIMED);
        assertThat(again.progress().version()).isEqualTo(3);
    }

    private static RunCost cost(String usd, boolean estimated) {
        return new RunCost(
                List.of(new RunCost.ModelCost("opus", new Tokens(10, 20, 0, 0, 0), new BigDecimal(usd))), estimated);
    }

    @Test
    void aPlannedStopUsesUpNoAttempt() {
        Job back = running.putBack(cost("0.5", false)).job();

        assertThat(back.status()).isEqualTo(JobStatus.QUEUED);
        assertThat(back.progress().attempt()).isZero();
        assertThat(back.progress().hold().reason()).contains(FailureReason.INTERRUPTED);
        assertThat(back.budgetLeft()).isEqualByComparingTo("0.5");
    }

    @Test
    void aCrashUsesUpAnAttempt() {
        Job again = running.interrupted(cost("0.5", true))
                .job()
                .to(JobStatus.RUNNING, LATER)
                .job();

        assertThat(again.progress().attempt()).isEqualTo(2);
        assertThat(again.progress().spending()).isEqualTo(new Spending(new BigDecimal("0.5"), true));
        assertThat(again.progress().hold().reason())
                .as("it runs, so nothing holds it")
                .isEmpty();
    }

    @Test
    void aParkedJobWaitsForItsTimeAndUsesUpNoAttempt() {
        Job parked = running.parked(LATER, FailureReason.USAGE_LIMIT, RunCost.NOTHING, CLAIMED)
                .job();

        assertThat(parked.progress().attempt()).isZero();
        assertThat(parked.progress().hold().holds(LATER.minusMillis(1))).isTrue();
        assertThat(parked.progress().hold().holds(LATER)).isFalse();
        assertThat(JobEvent.Status.of(parked).reason()).contains(FailureReason.USAGE_LIMIT);
    }

    @Test
    void theTimesThatAJobWasParkedAddUp() {
        Job again = running.parked(LATER, FailureReason.USAGE_LIMIT, RunCost.NOTHING, CLAIMED)
                .job()
                .to(JobStatus.RUNNING, LATER)
                .job();
        Job twice = again.parked(LATER.plusSeconds(10), FailureReason.USAGE_LIMIT, RunCost.NOTHING, LATER)
                .job();

        assertThat(twice.progress().hold().parked())
                .isEqualTo(Duration.between(CLAIMED, LATER).plusSeconds(10));
    }

    @Test
    void theCostsOfAllRunsAddUpAndOneEstimateMakesTheSumOne() {
        Job again = running.interrupted(cost("0.5", true))
                .job()
                .to(JobStatus.RUNNING, LATER)
                .job();

        Transition end = again.to(COMPLETED, cost("0.25", false), LATER);

        assertThat(end.job().progress().spending()).isEqualTo(new Spending(new BigDecimal("0.75"), true));
        assertThat(end.cost()).contains(cost("0.25", false));
    }

    @Test
    void aStepThatEndsNoRunHasNoCost() {
        assertThat(queued.to(JobStatus.RUNNING, CLAIMED).cost()).isEmpty();
        assertThat(queued.to(Outcome.notRun(JobStatus.CANCELLED, FailureReason.CANCELLED, "x"), LATER)
                        .cost())
                .isEmpty();
    }

    @Test
    void anOutcomeEndsTheJobAndSetsItsFinish() {
        Job ended = running.to(COMPLETED, LATER).job();

        assertThat(ended.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(ended.outcome()).contains(COMPLETED);
        assertThat(ended.progress())
                .isEqualTo(new Job.Progress(
                        JobStatus.COMPLETED,
                        1,
                        2,
                        times(Optional.of(CLAIMED), Optional.of(LATER)),
                        Spending.NOTHING,
                        Hold.NONE));
    }

    @Test
    void aStepKeepsWhatTheJobIs() {
        Job ended = running.to(FAILED, LATER).job();

        assertThat(ended)
                .usingRecursiveComparison()
                .ignoringFields("progress", "outcome")
                .isEqualTo(queued);
    }

    @Test
    void aStepRemembersWhereItStartsFrom() {
        Transition step = running.to(FAILED, LATER);

        assertThat(step.from()).isEqualTo(running);
        assertThat(step.job().progress().version()).isEqualTo(running.progress().version() + 1);
    }

    @Test
    void aStepSaysItselfAsAnEvent() {
        JobEvent.Status event = running.to(FAILED, LATER).event();

        assertThat(event)
                .isEqualTo(new JobEvent.Status(
                        JobStatus.FAILED, 1, Optional.of(FailureReason.START), Optional.of("it did not start")));
        assertThat(event.type()).isEqualTo("status");
    }

    @Test
    void aQueuedJobCannotCompleteWithoutRunning() {
        assertThatThrownBy(() -> queued.to(COMPLETED, LATER))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a job that is queued cannot become completed");
    }

    static Stream<Outcome> ends() {
        return Stream.of(JobStatus.values())
                .filter(JobStatus::isFinal)
                .map(status -> new Outcome(
                        status, Optional.empty(), Optional.empty(), OptionalInt.empty(), Optional.empty(), ""));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void nothingFollowsAFinalStatus(Outcome second) {
        Job ended = running.to(FAILED, LATER).job();

        assertThatThrownBy(() -> ended.to(second, LATER)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPLETED", "FAILED", "TIMEOUT", "CANCELLED"})
    void aFinalStatusIsNotReachedWithoutAnOutcome(JobStatus status) {
        Job cancelling = running.to(JobStatus.CANCELLING, LATER).job();

        assertThatThrownBy(() -> cancelling.to(status, LATER))
                .isInstanceOfAny(IllegalArgumentException.class, IllegalStateException.class);
    }

    @Test
    void eachRunHasASpanOfItsOwnBelowTheJobsTrace() {
        var place = new TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", true);
        Job traced =
                Job.accepted(queued.id(), queued.spec().in(Optional.of(place)), queued.submitter(), "s", Instant.EPOCH);
        Job first = traced.to(JobStatus.RUNNING, Instant.EPOCH).job();
        Job cancelling = first.to(JobStatus.CANCELLING, Instant.EPOCH).job();
        Job second = first.putBack(RunCost.NOTHING)
                .job()
                .to(JobStatus.RUNNING, Instant.EPOCH)
                .job();

        assertThat(cancelling.runTrace()).isEqualTo(first.runTrace()).isPresent();
        assertThat(second.progress().attempt()).isEqualTo(first.progress().attempt());
        assertThat(second.runTrace()).isPresent().isNotEqualTo(first.runTrace());
        assertThat(second.trace()).isEqualTo(traced.trace()).isPresent().isNotEqualTo(second.runTrace());
        assertThat(queued.trace()).isEmpty();
    }

    @Test
    void aJobThatIsNotFinalHasNoOutcome() {
        assertThatThrownBy(() -> new Job(
                        queued.id(),
                        queued.spec(),
                        queued.submitter(),
                        queued.sessionId(),
                        queued.progress(),
                        Optional.of(FAILED)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"QUEUED", "RUNNING", "CANCELLING"})
    void anOutcomeIsFinal(JobStatus status) {
        assertThatThrownBy(() -> Outcome.notRun(status, FailureReason.START, "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCompletedJobHasNoReason() {
        assertThatThrownBy(() -> Outcome.notRun(JobStatus.COMPLETED, FailureReason.BUDGET, "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anOutcomeThatDidNotRunHasNeitherExitCodeNorResult() {
        assertThat(FAILED.exitCode()).isEmpty();
        assertThat(FAILED.resultLine()).isEmpty();
        assertThat(FAILED.stderrTail()).isEmpty();
    }

    @Test
    void aSpecNeedsWordsAnAgentAndPositiveLimits() {
        assertThatThrownBy(() -> new JobSpec(
                        " ", "helper", Optional.empty(), LIMITS, JobSpec.Placement.USUAL, Json.EMPTY_OBJECT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        new JobSpec("do it", "", Optional.empty(), LIMITS, JobSpec.Placement.USUAL, Json.EMPTY_OBJECT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new JobSpec.Limits(BigDecimal.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new JobSpec.Limits(BigDecimal.ONE, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new JobSpec.Limits(BigDecimal.ONE, Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
