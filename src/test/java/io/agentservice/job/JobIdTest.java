package io.agentservice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobIdTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.123Z");

    private final Random random = new Random(7);

    @Test
    void anIdIsAUuidOfVersionSeven() {
        UUID uuid = UUID.fromString(JobId.create(NOW, random).value());

        assertThat(uuid.version()).isEqualTo(7);
        assertThat(uuid.variant()).isEqualTo(2);
    }

    @Test
    void anIdHoldsTheMillisecondItWasMade() {
        UUID uuid = UUID.fromString(JobId.create(NOW, random).value());

        assertThat(Instant.ofEpochMilli(uuid.getMostSignificantBits() >>> 16)).isEqualTo(NOW);
    }

    @Test
    void idsSortByTheTimeTheyWereMade() {
        List<JobId> made = IntStream.range(0, 1000)
                .mapToObj(i -> JobId.create(NOW.plusMillis(i), random))
                .toList();

        assertThat(made).isSorted();
        assertThat(made.stream().map(JobId::value)).isSorted();
    }

    @Test
    void idsOfOneMillisecondDiffer() {
        Stream<JobId> made = Stream.generate(() -> JobId.create(NOW, random)).limit(10_000);

        assertThat(made).doesNotHaveDuplicates();
    }

    @Test
    void anIdPrintsAsItsValue() {
        JobId id = JobId.create(NOW, random);

        assertThat(id).hasToString(id.value());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "019b76da-a87b-7000-8000-00000000000",
                "019B76DA-A87B-7000-8000-000000000000",
                "019b76da-a87b-7000-8000-000000000000 ",
                "019b76da-a87b-7000-8000-000000000000\n",
                "../019b76da-a87b-7000-8000-0000000000",
                "019b76daa87b70008000000000000000"
            })
    void whatIsNotALowerCaseUuidIsNoId(String text) {
        assertThatThrownBy(() -> new JobId(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
