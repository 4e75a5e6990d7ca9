package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.agentservice.job.JobEvent;
import io.agentservice.job.RunCost;
import io.agentservice.job.Tokens;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageMeterTest {

    private final ObjectMapper json = ClaudeStreamParser.mapper();
    private final UsageMeter meter = new UsageMeter();

    private JsonNode node(String text) throws Exception {
        return json.readTree(text);
    }

    private JsonNode start(String id, int input) throws Exception {
        return node("""
                {"type":"message_start","message":{"id":"%s","model":"claude-opus-5-5",\
                "usage":{"input_tokens":%d,"output_tokens":1}}}""".formatted(id, input));
    }

    @Test
    void aCallIsCountedWhenItBeginsAndAgainWhenItEnds() throws Exception {
        var begun = meter.sawStreamEvent(start("msg_1", 1000));
        var ended = meter.sawStreamEvent(
                node("{\"type\":\"message_delta\",\"usage\":{\"input_tokens\":1000,\"output_tokens\":50}}"));

        assertThat(begun).contains(new JobEvent.Usage("msg_1", "claude-opus-5-5", new Tokens(1000, 1, 0, 0, 0)));
        assertThat(ended).contains(new JobEvent.Usage("msg_1", "claude-opus-5-5", new Tokens(1000, 50, 0, 0, 0)));
        assertThat(meter.estimate().usd()).isEqualByComparingTo("0.005");
    }

    @Test
    void theEndOfACallWhoseBeginningNobodySawIsPassedOver() throws Exception {
        assertThat(meter.sawStreamEvent(node("{\"type\":\"message_delta\",\"usage\":{\"output_tokens\":50}}")))
                .isEmpty();
        assertThat(meter.estimate()).isEqualTo(RunCost.NOTHING);
    }

    @Test
    void aWordOfTheCliItselfCostsNothing() throws Exception {
        meter.saw(node("{\"id\":\"x\",\"model\":\"<synthetic>\",\"usage\":{\"input_tokens\":5}}"));

        assertThat(meter.estimate()).isEqualTo(RunCost.NOTHING);
    }

    @Test
    void itMayEvenSpeakInPieces() throws Exception {
        meter.sawStreamEvent(node("{\"type\":\"message_start\",\"message\":{\"id\":\"x\",\"model\":\"<synthetic>\"}}"));

        assertThat(meter.sawStreamEvent(node("{\"type\":\"message_delta\",\"usage\":{\"output_tokens\":50}}")))
                .isEmpty();
        assertThat(meter.estimate()).isEqualTo(RunCost.NOTHING);
    }

    /** The first would take a gigabyte to write down, and none of them fits the ledger. */
    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "1e30", "-3", "\"2\""})
    void aSumThatNoRunCanCostIsNone(String usd) throws Exception {
        JsonNode now = node("{\"a\":{\"outputTokens\":1,\"costUSD\":%s}}".formatted(usd));

        assertThat(UsageMeter.difference(now, MissingNode.getInstance()).usd()).isZero();
    }

    @Test
    void whatTheConversationHadSpentBeforeIsNotThisRuns() throws Exception {
        JsonNode before = node("{\"a\":{\"inputTokens\":10,\"outputTokens\":1,\"costUSD\":0.4}}");
        JsonNode now = node("{\"a\":{\"inputTokens\":10,\"outputTokens\":1,\"costUSD\":0.4},"
                + "\"b\":{\"inputTokens\":5,\"outputTokens\":2,\"cacheCreationInputTokens\":7,"
                + "\"cacheCreationEphemeral1hInputTokens\":3,\"costUSD\":0.1}}");

        RunCost cost = UsageMeter.difference(now, before);

        assertThat(cost.estimated()).isFalse();
        assertThat(cost.models())
                .containsExactly(new RunCost.ModelCost("b", new Tokens(5, 2, 0, 4, 3), new BigDecimal("0.1")));
        assertThat(UsageMeter.difference(now, MissingNode.getInstance()).usd()).isEqualByComparingTo("0.5");
    }

    /** Each row was measured with the CLI: one call of a million, a thousand or a hundred thousand tokens of a kind. */
    @ParameterizedTest
    @CsvSource({
        "claude-opus-5-5,1000000,0,0,0,0,4",
        "claude-opus-5-5,0,1000000,0,0,0,20",
        "claude-opus-5-5,0,0,1000000,0,0,0.2",
        "claude-opus-5-5,0,0,0,1000000,0,5",
        "claude-opus-5-5,0,0,0,0,1000000,8",
        "claude-sonnet-5-5,1000000,0,0,0,0,2",
        "claude-sonnet-5-5,0,1000000,0,0,0,10",
        "claude-sonnet-5-5,0,0,1000000,0,0,0.1",
        "claude-sonnet-5-5,0,0,0,1000000,0,2.5",
        "claude-sonnet-5-5,0,0,0,0,1000000,4",
        "claude-haiku-5-5,1000,0,0,0,0,0.0001",
        "claude-haiku-5-5,0,1000,0,0,0,0.0005",
        "claude-haiku-5-5,0,0,1000,0,0,0.00001",
        "claude-haiku-5-5,0,0,0,1000,0,0.000125",
        "claude-haiku-5-5,0,0,0,0,1000,0.0002",
        "claude-haiku-5-5,100001,1000,0,0,0,0.0525005",
        "claude-haiku-5-5,1000000,0,0,0,0,0.5",
        "claude-foo-1,1000000,0,0,0,0,4"
    })
    void aCallCostsWhatTheCliReckons(String model, long in, long out, long read, long write, long hour, String usd) {
        assertThat(ModelPrices.usd(model, new Tokens(in, out, read, write, hour)))
                .isEqualByComparingTo(usd);
    }
}
