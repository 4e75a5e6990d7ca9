package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.job.Delta;
import io.agentservice.job.JobEvent;
import io.agentservice.job.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no stream of the samples holds: lines that are odd, huge, hostile or of a CLI to come. */
class ClaudeStreamParserTest {

    private final ClaudeStreamParser parser = new ClaudeStreamParser(ClaudeStreamParser.mapper());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Warning: no stdin data received in 3s",
                "{\"type\":\"assistant\"",
                "{\"type\":\"result\",}",
                "null",
                "true",
                "17",
                "\"assistant\"",
                "[{\"type\":\"result\"}]",
                "{}",
                "{\"type\":null}",
                "{\"type\":{\"type\":\"result\"}}",
                "{\"type\":\"no_such_type\",\"text\":\"x\"}",
                "{\"type\":\"system\",\"subtype\":\"no_such_subtype\"}",
                "{\"type\":\"system\"}",
                "{\"type\":\"assistant\",\"message\":{\"content\":[]}}",
                "{\"type\":\"assistant\"}",
                "{\"type\":\"user\",\"message\":{\"content\":null}}",
                "{\"type\":\"result\",\"is_error\":false} and more",
                "{\"type\":\"result\",\"is_error\":false}{\"type\":\"result\",\"is_error\":true}",
                "\u0000",
                "\ufffd\ufffd"
            })
    void whatItDoesNotKnowIsKeptAsItCame(String line) {
        assertThat(parser.parse(line)).isEqualTo(recorded(new JobEvent.Output(line)));
    }

    @Test
    void aLineNestedTwoThousandDeepIsKeptAsItCame() {
        String line = "{\"type\":\"assistant\",\"x\":" + "[".repeat(2000) + "]".repeat(2000) + "}";

        assertThat(parser.parse(line)).isEqualTo(recorded(new JobEvent.Output(line)));
    }

    @Test
    void aToolCallNestedAsDeepAsAllowedIsStillOne() {
        String input = "{\"x\":" + "[".repeat(900) + "]".repeat(900) + "}";

        ClaudeLine read = parser.parse(
                assistant("{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"Bash\",\"input\":%s}".formatted(input)));

        assertThat(read).isEqualTo(recorded(new JobEvent.ToolCall("t1", "Bash", new Json(input), Optional.empty())));
    }

    @Test
    void aTextOfTwentyFiveMegabytesIsAMessage() {
        String text = "x".repeat(25_000_000);

        ClaudeLine read = parser.parse(assistant("{\"type\":\"text\",\"text\":\"%s\"}".formatted(text)));

        assertThat(read)
                .isEqualTo(recorded(new JobEvent.Message(
                        "assistant", text, Optional.of("claude-x"), Optional.empty(), Optional.empty())));
    }

    @Test
    void aResultOfTwentyFiveMegabytesIsAResult() {
        String text = "x".repeat(25_000_000);

        ClaudeLine read = parser.parse("{\"result\":\"%s\",\"is_error\":false,\"type\":\"result\"}".formatted(text));

        assertThat(((ClaudeLine.Result) read).event().text()).contains(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "-1e999999999", "1e-999999999", "123456789012345678901234567890", "\"7\""})
    void anyNumberIsTaken(String number) {
        ClaudeLine read =
                parser.parse("{\"type\":\"system\",\"subtype\":\"api_retry\",\"attempt\":%1$s,".formatted(number)
                        + "\"max_retries\":%1$s,\"retry_delay_ms\":%1$s,\"error_status\":%1$s}".formatted(number));

        assertThat(read).isInstanceOf(ClaudeLine.Recorded.class);
    }

    @Test
    void costsKeepTheirDigits() {
        ClaudeLine read =
                parser.parse("{\"type\":\"result\",\"is_error\":false,\"total_cost_usd\":0.0012000000000000001}");

        assertThat(((ClaudeLine.Result) read).event().detail())
                .isEqualTo(new Json("{\"total_cost_usd\":0.0012000000000000001}"));
    }

    @Test
    void aLineFeedAtItsEndDoesNotChangeALine() {
        assertThat(parser.parse("{\"type\":\"keep_alive\"}\r")).isEqualTo(new ClaudeLine.Live(Optional.empty()));
    }

    @Test
    void aMessageOfSeveralBlocksIsSeveralEvents() {
        ClaudeLine read = parser.parse(assistant("{\"type\":\"thinking\",\"thinking\":\"hm\"},"
                + "{\"type\":\"text\",\"text\":\"so\"},{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"Read\"},"
                + "{\"type\":\"no_such_block\",\"x\":1}"));

        assertThat(read)
                .isEqualTo(recorded(
                        new JobEvent.Thinking("hm", Optional.empty()),
                        new JobEvent.Message(
                                "assistant", "so", Optional.of("claude-x"), Optional.empty(), Optional.empty()),
                        new JobEvent.ToolCall("t1", "Read", Json.EMPTY_OBJECT, Optional.empty()),
                        new JobEvent.Output("{\"type\":\"no_such_block\",\"x\":1}")));
    }

    @Test
    void aMessageToTheAgentMayBeAString() {
        ClaudeLine read = parser.parse("{\"type\":\"user\",\"message\":{\"content\":\"hello\"}}");

        assertThat(read)
                .isEqualTo(recorded(
                        new JobEvent.Message("user", "hello", Optional.empty(), Optional.empty(), Optional.empty())));
    }

    @Test
    void theTextOfAToolsBlocksIsItsContent() {
        ClaudeLine read = parser.parse("{\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"tool_result\","
                + "\"tool_use_id\":\"t1\",\"content\":[{\"type\":\"text\",\"text\":\"one\"},{\"type\":\"image\"},"
                + "{\"type\":\"text\",\"text\":\"two\"},{}]}]},\"parent_tool_use_id\":\"p1\"}");

        assertThat(read)
                .isEqualTo(recorded(
                        new JobEvent.ToolResult("t1", false, "one\n[image]\ntwo\n[content]", Optional.of("p1"))));
    }

    @Test
    void aToolMayGiveNothingBack() {
        ClaudeLine read = parser.parse("{\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"tool_result\","
                + "\"tool_use_id\":\"t1\",\"is_error\":true},{\"type\":\"tool_result\",\"tool_use_id\":\"t2\","
                + "\"content\":null}]}}");

        assertThat(read)
                .isEqualTo(recorded(
                        new JobEvent.ToolResult("t1", true, "", Optional.empty()),
                        new JobEvent.ToolResult("t2", false, "", Optional.empty())));
    }

    @Test
    void aUsageLimitIsKeptWithItsDetail() {
        String detail = "{\"status\":\"rejected\",\"resetsAt\":1790000000,\"rateLimitType\":\"five_hour\"}";

        ClaudeLine read = parser.parse("{\"type\":\"rate_limit_event\",\"rate_limit_info\":%s}".formatted(detail));

        assertThat(read)
                .isEqualTo(recorded(new JobEvent.RateLimit(
                        "rejected", Optional.of(Instant.ofEpochSecond(1790000000)), new Json(detail))));
    }

    @Test
    void aUsageLimitWithoutDetailIsOneOfUnknownStatus() {
        assertThat(parser.parse("{\"type\":\"rate_limit_event\"}"))
                .isEqualTo(recorded(new JobEvent.RateLimit("unknown", Optional.empty(), Json.EMPTY_OBJECT)));
    }

    @Test
    void aRetryAfterALostConnectionHasNoStatus() {
        ClaudeLine read = parser.parse("{\"type\":\"system\",\"subtype\":\"api_retry\",\"attempt\":1,"
                + "\"max_retries\":10,\"retry_delay_ms\":500.7,\"error_status\":null,\"error\":\"unknown\"}");

        assertThat(read).isEqualTo(recorded(new JobEvent.Retry(1, 10, 500, Optional.empty(), Optional.of("unknown"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"stream_event\",\"event\":{\"type\":\"message_stop\"}}",
                "{\"type\":\"stream_event\",\"event\":{\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\"}}}",
                "{\"type\":\"stream_event\"}",
                "{\"type\":\"system\",\"subtype\":\"ui_invalidate\"}",
                "{\"type\":\"system\",\"subtype\":\"thinking_tokens\"}",
                "{\"type\":\"control_cancel_request\",\"request_id\":\"r\"}",
                "{\"type\":\"keep_alive\"}"
            })
    void signsOfLifeAreNotRecorded(String line) {
        assertThat(parser.parse(line)).isEqualTo(new ClaudeLine.Live(Optional.empty()));
    }

    @Test
    void aDeltaOfASubAgentNamesItsParent() {
        ClaudeLine read = parser.parse("{\"type\":\"stream_event\",\"parent_tool_use_id\":\"p1\",\"event\":"
                + "{\"delta\":{\"type\":\"text_delta\",\"text\":\"he\"}}}");

        assertThat(read).isEqualTo(new ClaudeLine.Live(Optional.of(new Delta("text", "he", Optional.of("p1")))));
    }

    private static ClaudeLine recorded(JobEvent... events) {
        return new ClaudeLine.Recorded(List.of(events));
    }

    private static String assistant(String blocks) {
        return "{\"type\":\"assistant\",\"message\":{\"model\":\"claude-x\",\"content\":[%s]}}".formatted(blocks);
    }
}
