package io.agentservice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.agent.AgentPolicy.RunLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RunClockTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Set<String> NONE = Set.of();
    private static final Set<String> ONE = Set.of("t1");

    private final RunClock clock = clock(Optional.of(Duration.ofSeconds(300)));

    private static RunClock clock(Optional<Duration> toolTimeout) {
        var limits = new RunLimits(Optional.empty(), Optional.empty(), Duration.ofSeconds(60), toolTimeout, 1);
        return new RunClock(START, Duration.ofSeconds(1000), limits);
    }

    private Optional<StopReason> after(int seconds, Set<String> openToolCalls) {
        return clock.passed(START.plusSeconds(seconds), openToolCalls);
    }

    private void heardAfter(int seconds) {
        clock.heard(START.plusSeconds(seconds));
    }

    @Test
    void aRunThatSpeaksHasItsWholeTime() {
        for (int second = 0; second < 1000; second++) {
            heardAfter(second);
            assertThat(after(second, NONE)).isEmpty();
        }
        assertThat(after(1000, NONE)).contains(StopReason.WALL_CLOCK);
    }

    @Test
    void theWallClockGoesBeforeEverythingElse() {
        assertThat(after(0, ONE)).isEmpty();
        assertThat(after(1000, ONE)).contains(StopReason.WALL_CLOCK);
    }

    @Test
    void silenceIsBoundedToTheSecond() {
        heardAfter(10);

        assertThat(after(69, NONE)).isEmpty();
        assertThat(after(70, NONE)).contains(StopReason.IDLE);
    }

    @Test
    void anOpenToolCallMayBeSilentForItsOwnTime() {
        heardAfter(10);

        assertThat(after(10, ONE)).isEmpty();
        assertThat(after(200, ONE)).isEmpty();
        assertThat(after(309, ONE)).isEmpty();
        assertThat(after(310, ONE)).contains(StopReason.TOOL_CALL);
    }

    @Test
    void withoutABoundAToolCallHasTheTimeOfTheJob() {
        RunClock unbounded = clock(Optional.empty());

        assertThat(unbounded.passed(START.plusSeconds(1), ONE)).isEmpty();
        assertThat(unbounded.passed(START.plusSeconds(999), ONE)).isEmpty();
    }

    @Test
    void theModelHasItsWholeTimeAfterALongToolCall() {
        assertThat(after(0, ONE)).isEmpty();
        assertThat(after(200, ONE)).isEmpty();

        assertThat(after(201, NONE)).isEmpty();
        assertThat(after(259, NONE)).isEmpty();
        assertThat(after(260, NONE)).contains(StopReason.IDLE);
    }

    @Test
    void eachToolCallHasATimeOfItsOwn() {
        assertThat(after(0, Set.of("t1"))).isEmpty();
        assertThat(after(200, Set.of("t2"))).isEmpty();
        assertThat(after(400, Set.of("t2"))).isEmpty();
        assertThat(after(499, Set.of("t2", "t3"))).isEmpty();
        assertThat(after(500, Set.of("t2", "t3"))).contains(StopReason.TOOL_CALL);
    }

    @Test
    void silenceIsMeasuredFromTheLastLine() {
        heardAfter(10);

        assertThat(clock.silentFor(Duration.ofSeconds(5), START.plusSeconds(14)))
                .isFalse();
        assertThat(clock.silentFor(Duration.ofSeconds(5), START.plusSeconds(15)))
                .isTrue();
    }
}
