package io.agentservice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.agent.AgentPolicies;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobSpec;
import io.agentservice.job.Json;
import io.agentservice.job.Submitter;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who may start when; time is a number here. */
class WaitingLineTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final String YAML = """
            agents:
              single:
                max-running: 1
              rare:
                start-rate: 2 per 6h
            """;

    private final Random random = new Random(1);
    private final WaitingLine line = new WaitingLine(3, AgentPolicies.parse(YAML));

    private Job job(String agent, int priority, String key) {
        var limits = new JobSpec.Limits(BigDecimal.ONE, Duration.ofMinutes(1));
        var placement = new JobSpec.Placement(priority, Optional.ofNullable(key));
        var spec = new JobSpec("do it", agent, Optional.empty(), limits, placement, Json.EMPTY_OBJECT);
        return Job.accepted(JobId.create(NOON, random), spec, new Submitter("ci"), "session", NOON);
    }

    private Job added(String agent, int priority, String key) {
        Job job = job(agent, priority, key);
        line.add(job);
        return job;
    }

    private Job added(String agent) {
        return added(agent, 0, null);
    }

    @Test
    void jobsStartInTheOrderOfTheirArrival() {
        Job first = added("a");
        Job second = added("b");

        assertThat(line.takeNext(NOON)).contains(first);
        assertThat(line.takeNext(NOON)).contains(second);
        assertThat(line.takeNext(NOON)).isEmpty();
    }

    @Test
    void aHigherPriorityGoesFirstAndEqualOnesKeepTheirOrder() {
        Job usual = added("a", 0, null);
        Job urgent = added("a", 5, null);
        Job alsoUrgent = added("a", 5, null);

        assertThat(line.takeNext(NOON)).contains(urgent);
        assertThat(line.takeNext(NOON)).contains(alsoUrgent);
        assertThat(line.takeNext(NOON)).contains(usual);
    }

    @Test
    void noMoreRunThanThereArePlaces() {
        Job first = added("a");
        added("a");
        added("a");
        Job fourth = added("a");
        line.takeNext(NOON);
        line.takeNext(NOON);
        line.takeNext(NOON);

        assertThat(line.takeNext(NOON)).isEmpty();
        assertThat(line.place(fourth.id(), NOON)).contains(new Waiting(1, Waiting.Reason.CAPACITY, Optional.empty()));

        line.ended(first.id());
        assertThat(line.takeNext(NOON)).contains(fourth);
    }

    @Test
    void ofOneKeyOneRunsAndOthersPass() {
        Job first = added("a", 0, "stack");
        Job second = added("a", 0, "stack");
        Job other = added("a", 0, "other");

        assertThat(line.takeNext(NOON)).contains(first);
        assertThat(line.takeNext(NOON)).contains(other);
        assertThat(line.takeNext(NOON)).isEmpty();
        assertThat(line.place(second.id(), NOON).orElseThrow().reason()).isEqualTo(Waiting.Reason.CONCURRENCY_KEY);

        line.ended(first.id());
        assertThat(line.takeNext(NOON)).contains(second);
    }

    @Test
    void anAgentRunsNoMoreThanItMay() {
        Job first = added("single");
        Job second = added("single");

        assertThat(line.takeNext(NOON)).contains(first);
        assertThat(line.takeNext(NOON)).isEmpty();
        assertThat(line.place(second.id(), NOON).orElseThrow().reason()).isEqualTo(Waiting.Reason.AGENT_LIMIT);
    }

    @Test
    void aStartRateHoldsInAnyWindow() {
        Job first = added("rare");
        Job second = added("rare");
        Job third = added("rare");
        Instant later = NOON.plus(Duration.ofHours(1));

        assertThat(line.takeNext(NOON)).contains(first);
        assertThat(line.takeNext(later)).contains(second);
        assertThat(line.takeNext(later)).isEmpty();
        assertThat(line.place(third.id(), later))
                .contains(new Waiting(1, Waiting.Reason.START_RATE, Optional.of(NOON.plus(Duration.ofHours(6)))));
        assertThat(line.takeNext(NOON.plus(Duration.ofHours(6)).minusMillis(1))).isEmpty();
        assertThat(line.takeNext(NOON.plus(Duration.ofHours(6)))).contains(third);
    }

    @Test
    void startsOfAnEarlierLifeCount() {
        line.remember("rare", NOON.minusSeconds(60));
        line.remember("rare", NOON.minusSeconds(30));
        added("rare");

        assertThat(line.takeNext(NOON)).isEmpty();
    }

    @Test
    void whoeverIsInLineCountsTowardsARateThatRefuses() {
        added("rare");

        assertThat(line.beyondRate("rare", 0, NOON)).isEmpty();
        assertThat(line.beyondRate("rare", 1, NOON)).isPresent();
        assertThat(line.beyondRate("usual", 99, NOON)).isEmpty();
    }

    @Test
    void aWithdrawnJobNeverStarts() {
        Job job = added("a");

        assertThat(line.remove(job.id())).isTrue();
        assertThat(line.takeNext(NOON)).isEmpty();
        assertThat(line.place(job.id(), NOON)).isEmpty();
    }

    @Test
    void theWholeLineIsSeenAsEachJobAloneIs() {
        line.add(job("a", 0, "main"));
        line.takeNext(NOON);
        var jobs = List.of(added("a", 0, "main"), added("a", 5, null), added("single"), added("rare"));

        var places = line.places(NOON);

        assertThat(places).hasSameSizeAs(jobs);
        assertThat(jobs)
                .allSatisfy(job -> assertThat(places)
                        .containsEntry(job.id(), line.place(job.id(), NOON).orElseThrow()));
    }
}
