package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agentservice.job.JobSpec;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class SubmitJobRequestTest {

    private static final SubmissionConfig LIMITS = new SubmissionConfig() {
        @Override
        public BigDecimal defaultBudgetUsd() {
            return new BigDecimal("5.0");
        }

        @Override
        public BigDecimal maxBudgetUsd() {
            return new BigDecimal("100");
        }

        @Override
        public Duration defaultTimeout() {
            return Duration.ofSeconds(2700);
        }

        @Override
        public Duration maxTimeout() {
            return Duration.ofHours(24);
        }

        @Override
        public int maxPromptBytes() {
            return 1 << 20;
        }

        @Override
        public int maxMetadataBytes() {
            return 16 * 1024;
        }

        @Override
        public int maxMetadataDepth() {
            return 8;
        }
    };

    @Test
    void aPromptAndAnAgentAreEnough() {
        JobSpec spec = parse("{\"prompt\":\"do it\",\"agent\":\"helper\"}");

        assertThat(spec.prompt()).isEqualTo("do it");
        assertThat(spec.agent()).isEqualTo("helper");
        assertThat(spec.model()).isEmpty();
        assertThat(spec.limits()).isEqualTo(new JobSpec.Limits(new BigDecimal("5.0"), Duration.ofMinutes(45)));
        assertThat(spec.metadata().text()).isEqualTo("{}");
    }

    @Test
    void everythingMayBeSaid() {
        JobSpec spec = parse("{\"prompt\":\"do it\",\"agent\":\".claude/agents/helper.md\",\"max_budget_usd\":0.5,"
                + "\"timeout_seconds\":60,\"model\":\"claude-sonnet-5-5[1m]\",\"metadata\":{\"issue\":[7,null]}}");

        assertThat(spec.agent()).isEqualTo("helper");
        assertThat(spec.limits()).isEqualTo(new JobSpec.Limits(new BigDecimal("0.5"), Duration.ofMinutes(1)));
        assertThat(spec.model()).contains("claude-sonnet-5-5[1m]");
        assertThat(spec.metadata().text()).isEqualTo("{\"issue\":[7,null]}");
    }

    @Test
    void nullIsAsGoodAsAbsent() {
        JobSpec spec = parse("{\"prompt\":\"do it\",\"agent\":\"helper\",\"max_budget_usd\":null,"
                + "\"timeout_seconds\":null,\"model\":null,\"metadata\":null}");

        assertThat(spec).isEqualTo(parse("{\"prompt\":\"do it\",\"agent\":\"helper\"}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"agent\":\"helper\"}", "{\"prompt\":null,\"agent\":\"helper\"}"})
    void aPromptIsRequired(String body) {
        assertThat(errors(body)).containsExactly(new Problem.Violation("prompt", "is required"));
    }

    @Test
    void oneAnswerNamesAllThatIsWrong() {
        List<Problem.Violation> errors = errors("{\"prompt\":7,\"agent\":\"../x\",\"max_budget_usd\":\"5\","
                + "\"timeout_seconds\":0,\"model\":\"--danger\",\"metadata\":[],\"extra\":1}");

        assertThat(errors)
                .extracting(Problem.Violation::field)
                .containsExactlyInAnyOrder(
                        "prompt", "agent", "max_budget_usd", "timeout_seconds", "model", "metadata", "extra");
    }

    @Test
    void anUnknownFieldIsAnErrorThatNamesTheKnownOnes() {
        assertThat(errors(with("\"max_budget\":1")))
                .containsExactly(new Problem.Violation(
                        "max_budget",
                        "unknown field; known are agent, concurrency_key, json_schema, max_budget_usd, metadata, model, "
                                + "priority, prompt, ref, repository, timeout_seconds"));
    }

    @Test
    void aFloodOfUnknownFieldsIsNotAnsweredByAFlood() {
        String fields = IntStream.range(0, 100_000)
                .mapToObj(i -> "\"field%d\":1".formatted(i))
                .collect(Collectors.joining(","));

        assertThat(errors(with(fields))).hasSizeLessThanOrEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt\":\"a\",\"agent\":\"helper\",\"prompt\":\"b\"}",
                "{\"prompt\":\"a\",\"agent\":\"helper\",\"metadata\":{\"x\":1,\"x\":2}}",
                "{\"prompt\":\"a\",\"agent\":\"helper\"} {}",
                "{\"prompt\":\"a\",\"agent\":\"helper\"},",
                "{\"prompt\":\"a\",\"agent\":\"helper\",}",
                "{\"prompt\":\"a\",\"agent\":\"helper\",\"max_budget_usd\":NaN}",
                "{\"prompt\":\"a\",\"agent\":\"helper\",\"max_budget_usd\":Infinity}",
                "{\"prompt\":\"a\",\"agent\":\"helper\",\"max_budget_usd\":+1}",
                "{\"prompt\":\"a\",\"agent\":\"helper\",\"max_budget_usd\":01}",
                "{\"prompt\":\"a\",\"agent\":\"helper\",\"max_budget_usd\":.5}",
                "{\"prompt\":\"a\",\"agent\":\"helper\",\"max_budget_usd\":0x1}",
                "{'prompt':'a','agent':'helper'}",
                "{prompt:\"a\",agent:\"helper\"}",
                "{\"prompt\":\"a\nb\",\"agent\":\"helper\"}",
                "{\"prompt\":\"a\",\"agent\":\"helper\"} // comment",
                "{\"prompt\":\"a\"",
                "prompt=a&agent=helper",
                "\u0000"
            })
    void whatIsNotJsonIsRefused(String body) {
        assertThat(refusal(body.getBytes(StandardCharsets.UTF_8))).startsWith("the body is not valid JSON");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "  ", "null", "true", "7", "\"text\"", "[]", "[{\"prompt\":\"a\",\"agent\":\"helper\"}]"})
    void whatIsNotAnObjectIsRefused(String body) {
        assertThat(refusal(body.getBytes(StandardCharsets.UTF_8))).startsWith("the body must be a JSON object");
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        byte[] body = with("\"model\":\"x\"").getBytes(StandardCharsets.UTF_8);
        body[12] = (byte) 0xff;

        assertThat(refusal(body)).isNotBlank();
    }

    @Test
    void aMistakeInTheJsonIsNamedWithItsPlaceAndNotWithItsText() {
        String refusal = refusal("{\n  \"prompt\": \"very secret\" oops}".getBytes(StandardCharsets.UTF_8));

        assertThat(refusal).contains("line 2").doesNotContain("very secret");
    }

    @ParameterizedTest
    @ValueSource(ints = {65, 1_000, 100_000})
    void aBodyNestedWithoutEndIsRefused(int depth) {
        String bomb = with("\"metadata\":{\"x\":%s%s}".formatted("[".repeat(depth), "]".repeat(depth)));

        assertThat(refusal(bomb.getBytes(StandardCharsets.UTF_8))).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource({"0.000001", "0.01", "1", "1e1", "1E+2", "99.99", "100", "100.0", "0.30000000000000004", "1e-3"})
    void aBudgetIsANumberOfDollars(String number) {
        BigDecimal budget = parse(with("\"max_budget_usd\":" + number)).limits().maxBudgetUsd();

        assertThat(budget).isEqualByComparingTo(number);
        assertThat(budget.toPlainString()).hasSizeLessThan(200);
    }

    /** Exact numbers with a few characters may have a billion digits: none may be written out. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-0.0",
                "0e999999999",
                "0e-999999999",
                "-1",
                "100.01",
                "101",
                "1e999999999",
                "-1e999999999",
                "1e-999999999",
                "1e2147483647",
                "1e-2147483647",
                "1e99999999999",
                "1e-7",
                "9999999999999999999999999999999999999999",
                "\"5\"",
                "\"\"",
                "true",
                "[5]",
                "{}"
            })
    void anyOtherBudgetIsRefused(String number) {
        assertThat(refusal(with("\"max_budget_usd\":" + number).getBytes(StandardCharsets.UTF_8)))
                .isNotBlank();
    }

    @ParameterizedTest
    @CsvSource({"1,1", "60,60", "1e2,100", "60.0,60", "2.7e3,2700", "86400,86400", "8.64E4,86400"})
    void aTimeoutIsAWholeNumberOfSeconds(String number, long seconds) {
        assertThat(parse(with("\"timeout_seconds\":" + number)).limits().timeout())
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-0.0",
                "-5",
                "0.5",
                "60.5",
                "86401",
                "1e999999999",
                "1e-999999999",
                "-1e999999999",
                "1e2147483647",
                "0e999999999",
                "18446744073709551617",
                "99999999999999999999999999999999999999999999999999",
                "\"60\"",
                "true",
                "[]"
            })
    void anyOtherTimeoutIsRefused(String number) {
        assertThat(refusal(with("\"timeout_seconds\":" + number).getBytes(StandardCharsets.UTF_8)))
                .isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(ints = {-100, -1, 0, 7, 100})
    void aPriorityIsASmallWholeNumber(int priority) {
        assertThat(parse(with("\"priority\":" + priority)).placement().priority())
                .isEqualTo(priority);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-101",
                "101",
                "-2147483648",
                "2147483648",
                "-9223372036854775808",
                "1e999999999",
                "1e1",
                "0.5",
                "\"1\"",
                "true",
                "[]"
            })
    void anyOtherPriorityIsRefused(String number) {
        assertThat(errors(with("\"priority\":" + number)))
                .extracting(Problem.Violation::field)
                .containsExactly("priority");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\"a b\"", "\"ü\"", "\"a\\u0000\"", "7", "[\"a\"]"})
    void whatIsNoConcurrencyKeyIsRefused(String key) {
        assertThat(errors(with("\"concurrency_key\":" + key)))
                .extracting(Problem.Violation::field)
                .containsExactly("concurrency_key");
    }

    @Test
    void aNumberOfAThousandDigitsIsRefused() {
        assertThat(refusal(with("\"metadata\":{\"x\":%s}".formatted("9".repeat(1000)))
                        .getBytes(StandardCharsets.UTF_8)))
                .isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"do it", "/cost", "-p", "@/etc/passwd", "a\\nb", "\\u00fc", "🙂", "\\ud83d\\ude42"})
    void aPromptIsKeptAsItIs(String text) {
        String prompt = parse("{\"prompt\":\"%s\",\"agent\":\"helper\"}".formatted(text))
                .prompt();

        assertThat(prompt)
                .isEqualTo(text.replace("\\n", "\n").replace("\\u00fc", "ü").replace("\\ud83d\\ude42", "🙂"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\\n\\t", "a\\u0000b", "\\ud83d", "\\ude42", "a\\ude42\\ud83db"})
    void aPromptThatCannotReachTheAgentAsItIsIsRefused(String text) {
        assertThat(errors("{\"prompt\":\"%s\",\"agent\":\"helper\"}".formatted(text)))
                .extracting(Problem.Violation::field)
                .containsExactly("prompt");
    }

    @Test
    void halfACharacterInBytesIsRefusedToo() {
        byte[] body = "{\"prompt\":\"???\",\"agent\":\"helper\"}".getBytes(StandardCharsets.UTF_8);
        // What a careless encoder makes of half of a pair.
        System.arraycopy(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0xbd}, 0, body, 11, 3);

        assertThat(refusal(body)).isNotBlank();
    }

    @Test
    void aPromptIsMeasuredInBytes() {
        int most = LIMITS.maxPromptBytes();

        assertThat(parse(prompt("x".repeat(most))).prompt()).hasSize(most);
        assertThat(parse(prompt("ü".repeat(most / 2))).prompt()).hasSize(most / 2);
        assertThat(errors(prompt("x".repeat(most + 1))))
                .containsExactly(new Problem.Violation("prompt", "has 1048577 bytes, at most 1048576 are allowed"));
        assertThat(errors(prompt("ü".repeat(most / 2) + "x"))).hasSize(1);
    }

    @Test
    void metadataIsMeasuredInBytes() {
        int most = LIMITS.maxMetadataBytes() - "{\"x\":\"\"}".length();

        assertThat(parse(with("\"metadata\":{\"x\":\"%s\"}".formatted("y".repeat(most))))
                        .metadata()
                        .text())
                .hasSize(LIMITS.maxMetadataBytes());
        assertThat(errors(with("\"metadata\":{\"x\":\"%s\"}".formatted("y".repeat(most + 1)))))
                .hasSize(1);
    }

    @Test
    void metadataMayBeNestedEightDeep() {
        assertThat(parse(with("\"metadata\":{\"x\":" + "[".repeat(7) + "]".repeat(7) + "}"))
                        .metadata()
                        .text())
                .contains("[[[[[[[");
        assertThat(errors(with("\"metadata\":{\"x\":" + "[".repeat(8) + "]".repeat(8) + "}")))
                .containsExactly(new Problem.Violation("metadata", "is nested deeper than 8 levels"));
    }

    @Test
    void numbersInMetadataKeepTheirValue() {
        String text = parse(with("\"metadata\":{\"version\":1.10,\"big\":123456789012345678901234567890,\"e\":1e400}"))
                .metadata()
                .text();

        assertThat(text)
                .contains("\"version\":1.10")
                .contains("123456789012345678901234567890")
                .contains("1E+400");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "-1e-999999999", "0e999999999"})
    void aHugeNumberInMetadataIsNotWrittenOut(String number) {
        assertThat(parse(with("\"metadata\":{\"x\":%s}".formatted(number)))
                        .metadata()
                        .text())
                .hasSizeLessThan(40);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"x\":\"\\ud83d\"}", "{\"x\":\"\\ude42\"}", "{\"x\":[[\"a\\ud83d\"]]}"})
    void metadataWithHalfACharacterIsRefused(String metadata) {
        assertThat(errors(with("\"metadata\":" + metadata)))
                .extracting(Problem.Violation::field)
                .containsExactly("metadata");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"\"", "\" \"", "\"-x\"", "\"--danger\"", "\"a b\"", "\"ü\"", "\"a\\nb\"", "7", "[\"sonnet\"]"})
    void whatIsNoModelIsRefused(String model) {
        assertThat(errors(with("\"model\":" + model)))
                .extracting(Problem.Violation::field)
                .containsExactly("model");
    }

    private static String with(String fields) {
        return "{\"prompt\":\"do it\",\"agent\":\"helper\"," + fields + "}";
    }

    private static String prompt(String text) {
        return "{\"prompt\":\"%s\",\"agent\":\"helper\"}".formatted(text);
    }

    private static JobSpec parse(String body) {
        return SubmitJobRequest.parse(body.getBytes(StandardCharsets.UTF_8), LIMITS);
    }

    private static List<Problem.Violation> errors(String body) {
        return invalid(body.getBytes(StandardCharsets.UTF_8)).violations();
    }

    private static String refusal(byte[] body) {
        return invalid(body).getMessage();
    }

    private static InvalidRequestException invalid(byte[] body) {
        var refused = catchThrowableOfType(InvalidRequestException.class, () -> SubmitJobRequest.parse(body, LIMITS));
        assertThat(refused).as("a refusal").isNotNull();
        return refused;
    }
}
