package io.agentservice.agent;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentservice.job.FailureReason;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobSpec;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Outcome;
import io.agentservice.process.ProcessExit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Gathers what bears on how a run ended and judges it by the last result's {@code is_error}, or by there being none.
 * Not by {@code subtype}, which says "success" of API errors, nor by the exit code, which is 0 after an interrupt.
 */
final class ClaudeVerdict {

    private static final int MAX_ERROR_CHARS = 2000;
    private static final String UNSTRUCTURED =
            "the agent ended without structured output: it never called the tool that json_schema gives it";

    private final boolean structured;
    private final StderrTail stderr = new StderrTail();
    private boolean spoke;
    private boolean usageLimitReached;
    private Optional<Instant> limitedUntil = Optional.empty();
    private Optional<String> lastError = Optional.empty();
    private Optional<String> unknownAgent = Optional.empty();
    private Optional<JsonNode> result = Optional.empty();
    private Optional<Json> resultLine = Optional.empty();

    /** @param structured whether the job asked for structured output */
    ClaudeVerdict(boolean structured) {
        this.structured = structured;
    }

    static ClaudeVerdict of(JobSpec spec) {
        return new ClaudeVerdict(spec.answer().schema().isPresent());
    }

    void sawStdout() {
        spoke = true;
    }

    void sawStderr(String line) {
        stderr.add(line);
    }

    void saw(JobEvent event) {
        if (event instanceof JobEvent.RateLimit limit) {
            usageLimitReached = limit.status().equals("rejected");
            limitedUntil = usageLimitReached ? limit.resetsAt() : Optional.empty();
        } else if (event instanceof JobEvent.Message message && message.error().isPresent()) {
            lastError = message.error();
        }
    }

    void sawResult(JsonNode body, String raw) {
        result = Optional.of(body);
        resultLine = Optional.of(new Json(raw));
    }

    void sawUnknownAgent(String agent, String detail) {
        unknownAgent = Optional.of(
                "the CLI does not know the agent '%s'%s".formatted(agent, detail.isBlank() ? "" : ": " + detail));
    }

    /** When the usage limit is lifted, if it is reached and the API said so. */
    Optional<Instant> limitedUntil() {
        return limitedUntil;
    }

    Outcome outcome(ProcessExit exit) {
        OptionalInt code = OptionalInt.of(exit.code());
        if (unknownAgent.isPresent()) {
            return ended(code, FailureReason.UNKNOWN_AGENT, unknownAgent.get());
        }
        return result.isPresent() ? withResult(code, result.get()) : withoutResult(exit);
    }

    /**
     * The outcome of a run that gave its result, but whose exit nobody saw.
     *
     * @throws java.util.NoSuchElementException if it gave none
     */
    Outcome unattended() {
        return withResult(OptionalInt.empty(), result.orElseThrow());
    }

    private Outcome withResult(OptionalInt code, JsonNode last) {
        if (last.path("is_error").asBoolean(true)) {
            return ended(code, reason(last), errorText(last));
        }
        // The CLI asks for it once more, and then says success.
        return structured && !last.hasNonNull("structured_output")
                ? ended(code, FailureReason.NO_STRUCTURED_OUTPUT, UNSTRUCTURED)
                : new Outcome(JobStatus.COMPLETED, Optional.empty(), Optional.empty(), code, resultLine, stderr.text());
    }

    private Outcome withoutResult(ProcessExit exit) {
        String complaint =
                stderr.text().isBlank() ? "" : ": " + shortened(stderr.text().strip());
        return spoke
                ? ended(
                        OptionalInt.of(exit.code()),
                        FailureReason.NO_RESULT,
                        "the CLI ended (exit code %d) without a result%s".formatted(exit.code(), complaint))
                : ended(
                        OptionalInt.of(exit.code()),
                        FailureReason.START,
                        "the CLI ended (exit code %d) before it said anything%s".formatted(exit.code(), complaint));
    }

    private FailureReason reason(JsonNode last) {
        String terminal =
                last.path("terminal_reason").asText(last.path("subtype").asText());
        return switch (terminal) {
            case "budget_exhausted", "error_max_budget_usd" -> FailureReason.BUDGET;
            case "max_turns", "error_max_turns" -> FailureReason.MAX_TURNS;
            default -> reasonOfTheApi(last.path("api_error_status").asInt(), terminal);
        };
    }

    private FailureReason reasonOfTheApi(int status, String terminal) {
        if (usageLimitReached || status == 429) {
            return FailureReason.USAGE_LIMIT;
        }
        if (status == 401
                || status == 403
                || lastError.filter("authentication_failed"::equals).isPresent()) {
            return FailureReason.AUTHENTICATION;
        }
        return switch (terminal) {
            case "structured_output_retry_exhausted" -> FailureReason.NO_STRUCTURED_OUTPUT;
            case "api_error", "image_error", "blocking_limit" -> FailureReason.API_ERROR;
            default -> FailureReason.AGENT_ERROR;
        };
    }

    /** The CLI's own words: in {@code result} for API errors, in {@code errors} for budget and turns. */
    private static String errorText(JsonNode last) {
        List<String> words = new ArrayList<>();
        if (last.path("result").isTextual()) {
            words.add(last.path("result").asText());
        }
        last.path("errors").forEach(error -> words.add(error.asText()));
        words.removeIf(String::isBlank);
        return words.isEmpty()
                ? "the agent ended with an error (" + last.path("subtype").asText() + ")"
                : shortened(String.join("; ", words));
    }

    /** The whole text is in the result; an error is a sentence. */
    private static String shortened(String text) {
        return text.length() <= MAX_ERROR_CHARS ? text : Excerpt.start(text, MAX_ERROR_CHARS) + " …";
    }

    private Outcome ended(OptionalInt exitCode, FailureReason reason, String error) {
        return new Outcome(
                JobStatus.FAILED, Optional.of(reason), Optional.of(error), exitCode, resultLine, stderr.text());
    }
}
