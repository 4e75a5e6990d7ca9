package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobStatus;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be made out of a run that nobody saw to its end. */
class ClaudeRecollectionTest {

    private static final String CALL = "{\"type\":\"stream_event\",\"event\":{\"type\":\"message_start\",\"message\":"
            + "{\"id\":\"msg_1\",\"model\":\"claude-opus-5-5\",\"usage\":{\"input_tokens\":250000,\"output_tokens\":1}}}}";
    private static final String RESULT = "{\"type\":\"result\",\"is_error\":false,\"result\":\"done\","
            + "\"queued_turn_count\":%d,\"modelUsage\":{\"claude-opus-5-5\":{\"inputTokens\":1,\"costUSD\":2}}}";

    private final ClaudeCli cli = new ClaudeCli("claude", 1000, Map.of());
    private final Job job = AgentRuns.of("do it", "helper").job();

    @TempDir
    Path conversation;

    private AgentCli.Recollection recall(String... lines) {
        return cli.recall(job, conversation, new AgentRun.Start(Instant.EPOCH, false), List.of(lines));
    }

    @Test
    void aRunThatWasCutOffIsRecounted() {
        var known = recall(CALL);

        assertThat(known.outcome()).isEmpty();
        assertThat(known.cost().estimated()).isTrue();
        assertThat(known.cost().usd()).isEqualByComparingTo("1.00002");
    }

    @Test
    void aRunThatHadGivenItsResultHasEndedAndSaysWhatItCost() {
        var known = recall(CALL, RESULT.formatted(0));

        assertThat(known.outcome().orElseThrow().status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(known.outcome().orElseThrow().exitCode()).as("nobody saw it").isEmpty();
        assertThat(known.cost().estimated()).isFalse();
        assertThat(known.cost().usd()).isEqualByComparingTo("2");
    }

    @Test
    void aResultAfterWhichAMessageWaitsIsNotTheLast() {
        assertThat(recall(RESULT.formatted(1)).outcome()).isEmpty();
    }

    @Test
    void aResultThatAnInterruptOfOursBroughtAboutSaysWhatWasSpentButEndsNothing() {
        var known = recall("{\"type\":\"result\",\"subtype\":\"error_during_execution\",\"is_error\":true,"
                + "\"terminal_reason\":\"aborted_tools\",\"modelUsage\":{\"claude-opus-5-5\":{\"costUSD\":2}}}");

        assertThat(known.outcome()).as("a drain that was killed goes on").isEmpty();
        assertThat(known.cost().estimated()).isFalse();
        assertThat(known.cost().usd()).isEqualByComparingTo("2");
    }

    @Test
    void aRunThatHadMetTheUsageLimitIsKnownToHave() {
        var known = recall(
                "{\"type\":\"rate_limit_event\",\"rate_limit_info\":{\"status\":\"rejected\",\"resetsAt\":1790000000}}",
                "{\"type\":\"result\",\"is_error\":true,\"api_error_status\":429,\"result\":\"limit\",\"modelUsage\":{}}");

        assertThat(known.outcome().orElseThrow().reason()).contains(FailureReason.USAGE_LIMIT);
        assertThat(known.limitedUntil()).contains(Instant.ofEpochSecond(1790000000));
    }
}
