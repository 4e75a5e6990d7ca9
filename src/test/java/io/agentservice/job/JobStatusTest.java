package io.agentservice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class JobStatusTest {

    /** From (row) to (column), both in the order of the constants. */
    private static final String TABLE = """
            from \\ to  queued running cancelling completed failed timeout cancelled
            queued      -      yes     -          -         -      -       yes
            running     yes    -       yes        yes       yes    yes     -
            cancelling  -      -       -          -         -      -       yes
            completed   -      -       -          -         -      -       -
            failed      -      -       -          -         -      -       -
            timeout     -      -       -          -         -      -       -
            cancelled   -      -       -          -         -      -       -
            """;

    record Pair(JobStatus from, JobStatus to, boolean allowed) {}

    static Stream<Pair> pairs() {
        var rows = TABLE.lines().map(line -> line.strip().split("\\s+")).toList();
        String[] head = rows.get(0);
        int corner = head.length - JobStatus.values().length;
        return rows.stream()
                .skip(1)
                .flatMap(row -> Stream.iterate(1, column -> column + 1)
                        .limit(JobStatus.values().length)
                        .map(column -> new Pair(
                                JobStatus.fromWireName(row[0]),
                                JobStatus.fromWireName(head[corner + column - 1]),
                                row[column].equals("yes"))));
    }

    @Test
    void theTableNamesEveryPairOnce() {
        assertThat(pairs().map(pair -> pair.from() + ">" + pair.to()))
                .hasSize(49)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aStatusMayBecomeWhatTheTableSaysAndNothingElse(Pair pair) {
        assertThat(pair.from().canBecome(pair.to())).isEqualTo(pair.allowed());
    }

    @ParameterizedTest
    @EnumSource(JobStatus.class)
    void aStatusIsFinalExactlyWhenNothingFollowsIt(JobStatus status) {
        boolean somethingFollows = Arrays.stream(JobStatus.values()).anyMatch(status::canBecome);

        assertThat(status.isFinal()).isNotEqualTo(somethingFollows);
    }

    @Test
    void everyStatusHasTheSpellingThatCallersKnow() {
        assertThat(JobStatus.values())
                .extracting(JobStatus::wireName)
                .containsExactly("queued", "running", "cancelling", "completed", "failed", "timeout", "cancelled");
    }

    @ParameterizedTest
    @EnumSource(JobStatus.class)
    void aWireNameReadsBack(JobStatus status) {
        assertThat(JobStatus.fromWireName(status.wireName())).isEqualTo(status);
    }

    @Test
    void anUnknownSpellingIsRefused() {
        assertThatThrownBy(() -> JobStatus.fromWireName("done")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(FailureReason.class)
    void aReasonIsOneLowerCaseWordThatReadsBack(FailureReason reason) {
        assertThat(reason.wireName()).matches("[a-z_]+");
        assertThat(FailureReason.fromWireName(reason.wireName())).isEqualTo(reason);
    }
}
