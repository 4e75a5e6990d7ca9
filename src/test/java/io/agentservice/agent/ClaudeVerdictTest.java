package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.agentservice.job.FailureReason;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Outcome;
import io.agentservice.process.ProcessExit;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The outcomes that were measured with the real CLI. */
class ClaudeVerdictTest {

    private final ClaudeVerdict verdict = new ClaudeVerdict(false);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            # subtype               | terminal_reason   | status | reason
            success                 | api_error         | 400    | API_ERROR
            success                 | api_error         | 404    | API_ERROR
            success                 | image_error       | 413    | API_ERROR
            success                 | api_error         | 500    | API_ERROR
            success                 | api_error         | 529    | API_ERROR
            success                 | api_error         | null   | API_ERROR
            success                 | blocking_limit    | null   | API_ERROR
            success                 | api_error         | 401    | AUTHENTICATION
            success                 | api_error         | 403    | AUTHENTICATION
            success                 | api_error         | 429    | USAGE_LIMIT
            error_max_budget_usd    | budget_exhausted  | null   | BUDGET
            error_max_budget_usd    | null              | null   | BUDGET
            error_max_turns         | max_turns         | null   | MAX_TURNS
            error_max_turns         | null              | null   | MAX_TURNS
            error_max_structured_output_retries | structured_output_retry_exhausted | null | NO_STRUCTURED_OUTPUT
            error_during_execution  | aborted_tools     | null   | AGENT_ERROR
            error_during_execution  | aborted_streaming | null   | AGENT_ERROR
            success                 | null              | null   | AGENT_ERROR
            something_new           | something_new     | null   | AGENT_ERROR
            """)
    void anErrorHasTheReasonThatTheResultGives(String subtype, String terminal, String status, FailureReason reason)
            throws Exception {
        sawResult("""
                {"subtype":"%s","is_error":true,"terminal_reason":%s,"api_error_status":%s}""".formatted(subtype, terminal.equals("null") ? "null" : '"' + terminal + '"', status));

        Outcome outcome = verdict.outcome(new ProcessExit(1, 0));

        assertThat(outcome.status()).isEqualTo(JobStatus.FAILED);
        assertThat(outcome.reason()).contains(reason);
        assertThat(outcome.exitCode()).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({"success,0", "success,1", "success,143", "error_max_turns,0"})
    void aResultWithoutAnErrorCompletesWhateverElseIsSaid(String subtype, int exitCode) throws Exception {
        String line = "{\"subtype\":\"%s\",\"is_error\":false,\"result\":\"done\"}".formatted(subtype);
        sawResult(line);

        Outcome outcome = verdict.outcome(new ProcessExit(exitCode, 0));

        assertThat(outcome.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(outcome.reason()).isEmpty();
        assertThat(outcome.error()).isEmpty();
        assertThat(outcome.resultLine()).contains(new Json(line));
        assertThat(outcome.exitCode()).hasValue(exitCode);
    }

    @Test
    void anErrorIsAnErrorAlsoWithExitCodeZero() throws Exception {
        sawResult("{\"subtype\":\"error_during_execution\",\"is_error\":true}");

        assertThat(verdict.outcome(new ProcessExit(0, 0)).status()).isEqualTo(JobStatus.FAILED);
    }

    @Test
    void aResultThatDoesNotSayWhetherItIsAnErrorIsOne() throws Exception {
        sawResult("{\"subtype\":\"success\",\"result\":\"done\"}");

        assertThat(verdict.outcome(new ProcessExit(0, 0)).status()).isEqualTo(JobStatus.FAILED);
    }

    @Test
    void theLastResultCounts() throws Exception {
        sawResult("{\"is_error\":true,\"errors\":[\"first\"]}");
        sawResult("{\"is_error\":false,\"result\":\"second\"}");

        Outcome outcome = verdict.outcome(new ProcessExit(0, 0));

        assertThat(outcome.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(outcome.resultLine()).contains(new Json("{\"is_error\":false,\"result\":\"second\"}"));
    }

    @Test
    void anErrorAfterAGoodResultCounts() throws Exception {
        sawResult("{\"is_error\":false,\"result\":\"first\"}");
        sawResult("{\"is_error\":true,\"errors\":[\"second\"]}");

        assertThat(verdict.outcome(new ProcessExit(0, 0)).error()).contains("second");
    }

    @Test
    void theErrorIsInTheClisOwnWords() throws Exception {
        sawResult("{\"is_error\":true,\"result\":\"API Error: 400\",\"errors\":[\"one\",\"\",\"two\"]}");

        assertThat(verdict.outcome(new ProcessExit(1, 0)).error()).contains("API Error: 400; one; two");
    }

    @Test
    void anErrorWithoutWordsIsNamedByItsSubtype() throws Exception {
        sawResult("{\"is_error\":true,\"subtype\":\"error_max_turns\",\"errors\":[\" \"]}");

        assertThat(verdict.outcome(new ProcessExit(1, 0)).error())
                .contains("the agent ended with an error (error_max_turns)");
    }

    @Test
    void aRejectedUsageLimitIsTheReasonOfTheErrorThatFollows() throws Exception {
        verdict.saw(new JobEvent.RateLimit("rejected", Optional.empty(), Json.EMPTY_OBJECT));
        sawResult("{\"is_error\":true,\"terminal_reason\":\"api_error\"}");

        assertThat(verdict.outcome(new ProcessExit(1, 0)).reason()).contains(FailureReason.USAGE_LIMIT);
    }

    @Test
    void aUsageLimitThatAllowsAgainIsNoReason() throws Exception {
        verdict.saw(new JobEvent.RateLimit("rejected", Optional.empty(), Json.EMPTY_OBJECT));
        verdict.saw(new JobEvent.RateLimit("allowed", Optional.empty(), Json.EMPTY_OBJECT));
        sawResult("{\"is_error\":true,\"terminal_reason\":\"api_error\",\"api_error_status\":500}");

        assertThat(verdict.outcome(new ProcessExit(1, 0)).reason()).contains(FailureReason.API_ERROR);
    }

    @Test
    void aRefusedCredentialIsKnownByTheMessageBeforeTheResult() throws Exception {
        verdict.saw(new JobEvent.Message(
                "assistant",
                "Not logged in",
                Optional.of("<synthetic>"),
                Optional.of("authentication_failed"),
                Optional.empty()));
        sawResult("{\"is_error\":true,\"result\":\"Not logged in\"}");

        assertThat(verdict.outcome(new ProcessExit(1, 0)).reason()).contains(FailureReason.AUTHENTICATION);
    }

    @Test
    void aProcessThatSaidNothingDidNotStart() {
        verdict.sawStderr("error: unknown option '--wrong'");

        Outcome outcome = verdict.outcome(new ProcessExit(1, 0));

        assertThat(outcome.reason()).contains(FailureReason.START);
        assertThat(outcome.error())
                .contains("the CLI ended (exit code 1) before it said anything: error: unknown option '--wrong'");
        assertThat(outcome.stderrTail()).isEqualTo("error: unknown option '--wrong'");
        assertThat(outcome.resultLine()).isEmpty();
    }

    @Test
    void aProcessThatSaidNothingAtAllDidNotStartEither() {
        Outcome outcome = verdict.outcome(new ProcessExit(0, 0));

        assertThat(outcome.status()).isEqualTo(JobStatus.FAILED);
        assertThat(outcome.error()).contains("the CLI ended (exit code 0) before it said anything");
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "137", "143"})
    void aProcessThatEndsWithoutAResultHasFailed(int exitCode) {
        verdict.sawStdout();
        verdict.sawStderr("Killed");

        Outcome outcome = verdict.outcome(new ProcessExit(exitCode, 0));

        assertThat(outcome.status()).isEqualTo(JobStatus.FAILED);
        assertThat(outcome.reason()).contains(FailureReason.NO_RESULT);
        assertThat(outcome.error())
                .contains("the CLI ended (exit code %d) without a result: Killed".formatted(exitCode));
    }

    @Test
    void anUnknownAgentIsTheReasonWhateverFollows() throws Exception {
        verdict.sawStdout();
        verdict.sawUnknownAgent("ghost", "");
        sawResult("{\"is_error\":false,\"result\":\"from another agent\"}");

        Outcome outcome = verdict.outcome(new ProcessExit(0, 0));

        assertThat(outcome.reason()).contains(FailureReason.UNKNOWN_AGENT);
        assertThat(outcome.error()).contains("the CLI does not know the agent 'ghost'");
    }

    @ParameterizedTest
    @CsvSource({"1998", "1999", "2000"})
    void aLongErrorIsCutButNotInsideACharacter(int before) throws Exception {
        String words = "x".repeat(before) + "\uD83D\uDE80".repeat(10);
        sawResult("{\"is_error\":true,\"result\":\"%s\"}".formatted(words));

        String error = verdict.outcome(new ProcessExit(1, 0)).error().orElseThrow();

        assertThat(error).endsWith(" …").hasSizeLessThanOrEqualTo(2002);
        assertThat(error.codePoints()).noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private void sawResult(String line) throws JsonProcessingException {
        verdict.sawStdout();
        verdict.sawResult(ClaudeStreamParser.mapper().readTree(line), line);
    }
}
