package io.agentservice.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobSpec;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Outcome;
import io.agentservice.job.RunCost;
import io.agentservice.job.Submitter;
import io.agentservice.job.Transition;
import io.agentservice.store.JobStore;
import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The line beside the real store. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class DispatcherTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    Dispatcher dispatcher;

    @Inject
    JobStore store;

    private final Instant now = Instant.now();

    private Job stored() {
        var limits = new JobSpec.Limits(BigDecimal.ONE, Duration.ofMinutes(1));
        var spec = new JobSpec("hi", "reader", Optional.empty(), limits, JobSpec.Placement.USUAL, Json.EMPTY_OBJECT);
        Job job = Job.accepted(
                JobId.create(now, new SecureRandom()),
                spec,
                new Submitter("ci"),
                UUID.randomUUID().toString(),
                now);
        store.insert(job).await().atMost(PATIENCE);
        return job;
    }

    private Job taken(Transition step) {
        return store.apply(step).await().atMost(PATIENCE);
    }

    private Job parked() {
        Job running = taken(stored().to(JobStatus.RUNNING, now));
        return taken(running.parked(now.plus(Duration.ofHours(5)), FailureReason.USAGE_LIMIT, RunCost.NOTHING, now));
    }

    private void cancel(Job job) {
        taken(job.to(Outcome.notRun(JobStatus.CANCELLED, FailureReason.CANCELLED, "a caller did"), now));
    }

    @Test
    void aJobThatWasCancelledOnItsWayIntoTheLineTakesNoPlaceInIt() {
        Job job = parked();
        cancel(job);

        dispatcher.arrive(job);

        await().until(() -> dispatcher.place(job.id()).isEmpty());
    }

    @Test
    void aJobThatIsParkedKeepsItsPlaceUntilItIsWithdrawn() {
        Job job = parked();

        dispatcher.arrive(job);

        await().during(Duration.ofMillis(300))
                .until(() -> dispatcher.place(job.id()).isPresent());
        assertThat(dispatcher.place(job.id()).orElseThrow().reason()).isEqualTo(Waiting.Reason.USAGE_LIMIT);
        cancel(job);
        dispatcher.withdraw(job.id());
    }
}
