package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobSpec;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Submitter;
import io.agentservice.queue.Waiting;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Job createdAt(Instant at) {
        var limits = new JobSpec.Limits(BigDecimal.ONE, Duration.ofMinutes(1));
        var spec = new JobSpec("do it", "helper", Optional.empty(), limits, JobSpec.Placement.USUAL, Json.EMPTY_OBJECT);
        return Job.accepted(JobId.create(at, new Random(1)), spec, new Submitter("api"), "session", at);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "19, 1", "20, 2", "100, 10", "299, 29", "100000, 30"})
    void itGrowsWithTheAgeOfTheRun(long age, long expected) {
        Job running = createdAt(NOW.minusSeconds(age + 5000))
                .to(JobStatus.RUNNING, NOW.minusSeconds(age))
                .job();

        assertThat(RetryAfter.seconds(running, Optional.empty(), NOW)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"-5, 1", "0, 1", "1, 1", "1001, 2", "60000, 60", "86400000, 300"})
    void aHeldJobIsAskedForWhenItMayGoOn(long millis, long expected) {
        var waiting = new Waiting(1, Waiting.Reason.USAGE_LIMIT, Optional.of(NOW.plusMillis(millis)));

        assertThat(RetryAfter.seconds(createdAt(NOW), Optional.of(waiting), NOW))
                .isEqualTo(expected);
    }

    @Test
    void aClockThatWasSetBackDoesNoHarm() {
        assertThat(RetryAfter.seconds(createdAt(NOW.plusSeconds(60)), Optional.empty(), NOW))
                .isEqualTo(1);
    }
}
