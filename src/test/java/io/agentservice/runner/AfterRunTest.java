package io.agentservice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.agent.AgentPolicies;
import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobSpec;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Outcome;
import io.agentservice.job.RunCost;
import io.agentservice.job.Submitter;
import io.agentservice.job.Tokens;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AfterRunTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final RunCost COST =
            new RunCost(List.of(new RunCost.ModelCost("opus", Tokens.NONE, BigDecimal.ONE)), false);
    private static final Outcome OWN = Outcome.notRun(JobStatus.FAILED, FailureReason.AGENT_ERROR, "its own");
    private static final Outcome CUT = Outcome.notRun(JobStatus.FAILED, FailureReason.INTERRUPTED, "cut off");
    private static final Outcome LIMIT = Outcome.notRun(JobStatus.FAILED, FailureReason.USAGE_LIMIT, "limit");

    private final List<String> done = new ArrayList<>();
    private boolean forgets = true;

    private final Job running = Job.accepted(
                    new JobId("019b76da-a87b-7000-8000-000000000001"),
                    new JobSpec(
                            "do it",
                            "helper",
                            Optional.empty(),
                            new JobSpec.Limits(BigDecimal.TEN, Duration.ofMinutes(1)),
                            JobSpec.Placement.USUAL,
                            Json.EMPTY_OBJECT),
                    new Submitter("ci"),
                    "s",
                    NOW)
            .to(JobStatus.RUNNING, NOW)
            .job();

    private Job after(Job job, String policy, Outcome outcome, RunEnd.Cause cause, Optional<Instant> limitedUntil) {
        var policies = AgentPolicies.parse("agents:\n  helper: {%s}\n".formatted(policy));
        var afterRun = new AfterRun(new MemoryStore(), policies, new Noted(), Clock.fixed(NOW, ZoneOffset.UTC));
        return afterRun.step(job, new RunEnd(outcome, COST, cause, limitedUntil))
                .job();
    }

    /** Notes what is done to workspaces. */
    private final class Noted extends JobWorkspaces {

        Noted() {
            super(null, null, null, null, null);
        }

        @Override
        boolean forgetConversation(Job job) {
            done.add("conversation forgotten");
            return forgets;
        }

        @Override
        void conclude(Job job, JobStatus end) {
            done.add("concluded " + end.wireName());
        }
    }

    private Job interrupted(Job job, String policy, RunEnd.Cause cause) {
        return after(job, policy, CUT, cause, Optional.empty());
    }

    private Job limited(Job job, String policy, Optional<Instant> until) {
        return after(job, policy, LIMIT, RunEnd.Cause.ITSELF, until);
    }

    @Test
    void aRunThatEndedByItselfEndsItsJob() {
        Job ended = after(running, "", OWN, RunEnd.Cause.ITSELF, Optional.empty());

        assertThat(ended.outcome()).contains(OWN);
        assertThat(ended.progress().spending().usd()).isEqualByComparingTo("1");
    }

    @Test
    void aCancelledJobEndsAsCancelledWhateverItsRunDid() {
        Job cancelling = running.to(JobStatus.CANCELLING, NOW).job();

        for (RunEnd.Cause cause : RunEnd.Cause.values()) {
            assertThat(interrupted(cancelling, "", cause).status()).isEqualTo(JobStatus.CANCELLED);
        }
    }

    @Test
    void aCrashLetsAJobGoOnUntilItHasHadItsAttempts() {
        Job second = interrupted(running, "max-attempts: 2", RunEnd.Cause.CRASH);
        Job third = interrupted(second.to(JobStatus.RUNNING, NOW).job(), "max-attempts: 2", RunEnd.Cause.CRASH);

        assertThat(second.status()).isEqualTo(JobStatus.QUEUED);
        assertThat(third.outcome()).contains(CUT);
    }

    @Test
    void aPlannedStopLetsAJobGoOnEvenInItsLastAttempt() {
        Job back = interrupted(running, "max-attempts: 1", RunEnd.Cause.DRAIN);

        assertThat(back.status()).isEqualTo(JobStatus.QUEUED);
        assertThat(back.progress().attempt()).isZero();
    }

    @Test
    void anAgentThatIsToFailWhenInterruptedDoes() {
        for (RunEnd.Cause cause : List.of(RunEnd.Cause.DRAIN, RunEnd.Cause.CRASH)) {
            assertThat(interrupted(running, "on-interrupt: fail", cause).outcome())
                    .contains(CUT);
        }
    }

    @Test
    void anAgentThatIsToBeginAnewForgetsItsConversation() {
        interrupted(running, "on-interrupt: resume", RunEnd.Cause.CRASH);
        assertThat(done).isEmpty();

        Job back = interrupted(running, "on-interrupt: restart", RunEnd.Cause.CRASH);

        assertThat(back.status()).isEqualTo(JobStatus.QUEUED);
        assertThat(done).containsExactly("conversation forgotten");
    }

    @Test
    void anAgentWhoseConversationCannotBeForgottenFailsRatherThanWaitForEver() {
        forgets = false;

        Job ended = interrupted(running, "on-interrupt: restart", RunEnd.Cause.CRASH);

        assertThat(ended.outcome()).contains(CUT);
    }

    @Test
    void theWorkspaceIsLeftInOrderBeforeAJobIsFinalAndOnlyThen() {
        limited(running, "", Optional.empty());
        interrupted(running, "", RunEnd.Cause.DRAIN);
        assertThat(done).isEmpty();

        after(running, "", OWN, RunEnd.Cause.ITSELF, Optional.empty());

        assertThat(done).containsExactly("concluded failed");
    }

    @Test
    void aUsageLimitParksAJobUntilItIsLifted() {
        Job parked = limited(running, "", Optional.of(NOW.plusSeconds(600)));

        assertThat(parked.status()).isEqualTo(JobStatus.QUEUED);
        assertThat(parked.progress().hold().notBefore()).contains(NOW.plusSeconds(600));
        assertThat(parked.progress().attempt()).isZero();
    }

    @Test
    void aLimitOfWhichNobodySaysWhenItIsLiftedIsTriedAgainLater() {
        Job parked = limited(running, "", Optional.empty());

        assertThat(parked.progress().hold().notBefore()).contains(NOW.plus(Duration.ofMinutes(15)));
    }

    @Test
    void aLimitThatIsSaidToBeLiftedAlreadyIsNotAskedAgainAtOnce() {
        Job parked = limited(running, "", Optional.of(NOW.minusSeconds(600)));

        assertThat(parked.progress().hold().notBefore()).contains(NOW.plusSeconds(5));
    }

    @Test
    void aLimitFailsAJobThatWouldWaitTooLongOrMayNotWait() {
        Optional<Instant> tomorrow = Optional.of(NOW.plus(Duration.ofDays(1)));

        assertThat(limited(running, "", tomorrow).outcome()).contains(LIMIT);
        assertThat(limited(running, "max-usage-limit-wait: 2d", tomorrow).status())
                .isEqualTo(JobStatus.QUEUED);
        assertThat(limited(running, "on-usage-limit: fail", Optional.of(NOW.plusSeconds(1)))
                        .outcome())
                .contains(LIMIT);
    }

    @Test
    void theWaitsOfAJobCountTogether() {
        Optional<Instant> inFourHours = Optional.of(NOW.plus(Duration.ofHours(4)));

        Job again = limited(running, "", inFourHours).to(JobStatus.RUNNING, NOW).job();

        assertThat(limited(again, "", inFourHours).outcome()).contains(LIMIT);
    }

    private static RunEnd refused(Optional<Instant> until) {
        Outcome outcome = Outcome.notRun(JobStatus.FAILED, FailureReason.AUTHENTICATION, "401");
        return new RunEnd(outcome, COST, RunEnd.Cause.ITSELF, until, RunEnd.Credential.REFUSED);
    }

    private Job after(Job job, String policy, RunEnd end) {
        var policies = AgentPolicies.parse("agents:\n  helper: {%s}\n".formatted(policy));
        return new AfterRun(new MemoryStore(), policies, new Noted(), Clock.fixed(NOW, ZoneOffset.UTC))
                .step(job, end)
                .job();
    }

    @Test
    void aJobWhoseCredentialWasRefusedWaitsForOneThatIsNot() {
        Job waits = after(running, "", refused(Optional.of(NOW.plusSeconds(60))));

        assertThat(waits.status()).isEqualTo(JobStatus.QUEUED);
        assertThat(waits.progress().hold().reason()).contains(FailureReason.AUTHENTICATION);
        assertThat(waits.progress().hold().notBefore()).contains(NOW.plusSeconds(60));
        assertThat(waits.progress().attempt()).isZero();
    }

    @Test
    void aJobWhoseCredentialWasRefusedFailsWhereItsPolicySaysSo() {
        Job failed = after(running, "on-usage-limit: fail", refused(Optional.of(NOW.plusSeconds(60))));
        assertThat(failed.outcome().flatMap(Outcome::reason)).contains(FailureReason.AUTHENTICATION);
    }

    @Test
    void aJobGoesOnAtOnceWhereThereIsAnotherCredential() {
        Job goesOn =
                after(running, "on-usage-limit: fail", refused(Optional.empty()).withAnotherCredential());

        assertThat(goesOn.status()).isEqualTo(JobStatus.QUEUED);
        assertThat(goesOn.progress().hold().holds(NOW)).isFalse();
    }

    @Test
    void aJobWithoutItsSecretTriesAgainLessAndLessOften() {
        var missing = RunEnd.notBegun(Outcome.notRun(JobStatus.FAILED, FailureReason.MISSING_SECRET, "no"));

        Job first = after(running, "", missing);
        Job later = after(first.to(JobStatus.RUNNING, NOW).job(), "", missing);

        assertThat(first.progress().hold().notBefore()).contains(NOW.plusSeconds(10));
        assertThat(later.progress().hold().notBefore()).contains(NOW.plusSeconds(10));
        assertThat(later.progress().hold().parked()).isEqualTo(Duration.ofSeconds(20));
        assertThat(after(running, "on-missing-secret: fail", missing).status()).isEqualTo(JobStatus.FAILED);
        assertThat(after(running, "max-usage-limit-wait: 5s", missing).status()).isEqualTo(JobStatus.FAILED);
    }
}
