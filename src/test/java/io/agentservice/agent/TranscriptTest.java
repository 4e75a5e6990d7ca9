package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.job.RunCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transcripts as the CLI 2.1.330 writes them, shortened. */
class TranscriptTest {

    private static final String SESSION = "2f1c8c6e-0000-4000-8000-000000000001";
    private static final String QUEUED =
            "{\"type\":\"queue-operation\",\"operation\":\"enqueue\",\"timestamp\":\"2026-01-01T00:00:00.000Z\"}\n";
    private static final String PROMPT = "{\"type\":\"user\",\"timestamp\":\"2026-01-01T00:00:01.000Z\"}\n";
    private static final String COST = "{\"type\":\"cost-state\",\"totalCostUSD\":0.4,\"modelUsage\":"
            + "{\"claude-opus-5-5\":{\"inputTokens\":100000,\"outputTokens\":0,\"costUSD\":0.4}}}\n";
    private static final Instant SECOND_RUN = Instant.parse("2026-01-01T01:00:00Z");

    @TempDir
    Path conversation;

    private Path file;
    private Transcript transcript;

    @BeforeEach
    void begin() throws IOException {
        Path folder = Files.createDirectories(conversation.resolve("projects/-work-space"));
        file = folder.resolve(SESSION + ".jsonl");
        transcript = new Transcript(conversation, SESSION, ClaudeStreamParser.mapper());
    }

    private static String answer(String id, String at, String model, int input, int output) {
        return """
                {"type":"assistant","timestamp":"%s","message":{"id":"%s","model":"%s",\
                "usage":{"input_tokens":%d,"output_tokens":%d}}}
                """.formatted(at, id, model, input, output);
    }

    @Test
    void aConversationWithAMessageCanGoOn() throws IOException {
        Files.writeString(file, QUEUED + PROMPT);

        assertThat(transcript.canGoOn()).isTrue();
    }

    @Test
    void oneThatACrashCutShortBeforeItsFirstMessageCannotAndIsRemoved() throws IOException {
        Files.writeString(file, QUEUED + PROMPT.substring(0, 12));

        assertThat(transcript.canGoOn()).isFalse();
        transcript.remove();
        assertThat(file).doesNotExist();
    }

    @Test
    void thereIsNothingToGoOnWithWhereNothingIs() {
        var nothing = new Transcript(conversation.resolve("none"), SESSION, ClaudeStreamParser.mapper());

        assertThat(nothing.canGoOn()).isFalse();
        assertThat(nothing.spentBefore(SECOND_RUN).isMissingNode()).isTrue();
    }

    @Test
    void whatARunFoundAsSpentIsTheLastAccountBeforeItsOwnLines() throws IOException {
        String later = COST.replace("0.4", "0.8").replace("100000", "200000");
        String own = answer("msg_2", "2026-01-01T01:00:02.000Z", "claude-opus-5-5", 1, 1);
        Files.writeString(file, PROMPT + COST + own + later);

        assertThat(transcript
                        .spentBefore(SECOND_RUN)
                        .at("/claude-opus-5-5/costUSD")
                        .decimalValue())
                .isEqualByComparingTo("0.4");
    }

    @Test
    void theCallsOfARunAreCountedOnceWithThoseOfItsSubAgents() throws IOException {
        Path agents = Files.createDirectories(file.resolveSibling(SESSION).resolve("subagents"));
        Files.writeString(
                file,
                answer("msg_1", "2026-01-01T00:00:02.000Z", "claude-opus-5-5", 7, 7)
                        + answer("msg_2", "2026-01-01T01:00:02.000Z", "claude-opus-5-5", 1_000_000, 1)
                        + answer("msg_2", "2026-01-01T01:00:03.000Z", "claude-opus-5-5", 1_000_000, 100_000)
                        + answer("x", "2026-01-01T01:00:04.000Z", "<synthetic>", 9, 9)
                        + "{\"type\":\"assistant\",\"timestamp\":\"2026-01-01T01:0");
        Files.writeString(
                agents.resolve("agent-a1.jsonl"),
                answer("msg_3", "2026-01-01T01:00:02.500Z", "claude-haiku-5-5", 1000, 1000));
        var meter = new UsageMeter();

        transcript.meter(SECOND_RUN, meter);

        RunCost cost = meter.estimate();
        assertThat(cost.estimated()).isTrue();
        assertThat(cost.models())
                .extracting(RunCost.ModelCost::model)
                .containsExactly("claude-haiku-5-5", "claude-opus-5-5");
        assertThat(cost.models().get(0).usd()).isEqualByComparingTo("0.0006");
        assertThat(cost.models().get(1).usd()).isEqualByComparingTo("6");
    }

    @Test
    void aNumberThatIsNoneIsPassedOverWithItsLine() throws IOException {
        Files.writeString(file, "{\"a\":1e99999999999}\n" + PROMPT);

        assertThat(transcript.canGoOn()).isTrue();
    }

    @Test
    void aLinkInItsPlaceIsNotFollowed() throws IOException {
        Path elsewhere = Files.writeString(conversation.resolve("elsewhere"), PROMPT + COST);
        Files.createSymbolicLink(file, elsewhere);

        assertThat(transcript.canGoOn()).isFalse();
        assertThat(transcript.spentBefore(SECOND_RUN).isMissingNode()).isTrue();
    }
}
