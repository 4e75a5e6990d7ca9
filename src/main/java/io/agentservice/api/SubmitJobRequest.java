package io.agentservice.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentservice.agent.AgentName;
import io.agentservice.job.JobSpec;
import io.agentservice.job.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The body of {@code POST /execute}, checked field by field so that one answer names all that is wrong. */
final class SubmitJobRequest {

    private static final Set<String> FIELDS = Set.of(
            "prompt",
            "agent",
            "max_budget_usd",
            "timeout_seconds",
            "model",
            "json_schema",
            "metadata",
            "priority",
            "concurrency_key",
            "repository",
            "ref");
    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@\\[\\]-]{0,127}");
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,128}");
    private static final int MAX_PRIORITY = 100;
    /** Also keeps out 1e-999999999, which as a plain decimal would fill the memory. */
    private static final BigDecimal MIN_BUDGET_USD = new BigDecimal("0.000001");

    private static final int MAX_VIOLATIONS = 20;

    private final JsonNode body;
    private final SubmissionConfig limits;
    private final List<Problem.Violation> violations = new ArrayList<>();

    private SubmitJobRequest(JsonNode body, SubmissionConfig limits) {
        this.body = body;
        this.limits = limits;
    }

    /** @throws InvalidRequestException with everything that is wrong with it */
    static JobSpec parse(byte[] body, SubmissionConfig limits) {
        return new SubmitJobRequest(StrictJson.object(body), limits).spec();
    }

    private JobSpec spec() {
        body.fieldNames().forEachRemaining(this::checkKnown);
        Optional<String> prompt = required("prompt").flatMap(node -> prompt("prompt", node));
        Optional<String> agent = required("agent").flatMap(node -> agent("agent", node));
        Optional<BigDecimal> budget = given("max_budget_usd")
                .map(node -> budget("max_budget_usd", node))
                .orElse(Optional.of(limits.defaultBudgetUsd()));
        Optional<Duration> timeout = given("timeout_seconds")
                .map(node -> timeout("timeout_seconds", node))
                .orElse(Optional.of(limits.defaultTimeout()));
        Optional<String> model = given("model").flatMap(node -> model("model", node));
        Optional<Json> schema = given("json_schema").flatMap(node -> schema("json_schema", node));
        Optional<Json> metadata =
                given("metadata").map(node -> metadata("metadata", node)).orElse(Optional.of(Json.EMPTY_OBJECT));
        Optional<Integer> priority =
                given("priority").map(node -> priority("priority", node)).orElse(Optional.of(0));
        Optional<String> key = given("concurrency_key").flatMap(node -> key("concurrency_key", node));
        JobSpec.Source source = source();
        if (!violations.isEmpty()) {
            throw new InvalidRequestException("the request is not valid: see errors for what to change", violations);
        }
        var jobLimits = new JobSpec.Limits(budget.orElseThrow(), timeout.orElseThrow());
        var placement = new JobSpec.Placement(priority.orElseThrow(), key);
        return new JobSpec(
                prompt.orElseThrow(),
                agent.orElseThrow(),
                new JobSpec.Answer(model, schema),
                jobLimits,
                placement,
                metadata.orElseThrow(),
                source);
    }

    private JobSpec.Source source() {
        Optional<String> repository = given("repository").flatMap(node -> text("repository", node));
        Optional<String> ref = given("ref").flatMap(node -> text("ref", node));
        source("repository", repository, Optional.empty());
        source("ref", Optional.empty(), ref);
        return violations.isEmpty() ? new JobSpec.Source(repository, ref) : JobSpec.Source.USUAL;
    }

    private void source(String field, Optional<String> repository, Optional<String> ref) {
        try {
            new JobSpec.Source(repository, ref);
        } catch (IllegalArgumentException e) {
            wrong(field, e.getMessage().substring(field.length() + 1));
        }
    }

    private Optional<String> text(String field, JsonNode node) {
        return node.isTextual() ? Optional.of(node.asText()) : wrong(field, "must be a string");
    }

    private void checkKnown(String field) {
        if (!FIELDS.contains(field)) {
            wrong(
                    field,
                    "unknown field; known are "
                            + String.join(", ", FIELDS.stream().sorted().toList()));
        }
    }

    private Optional<JsonNode> required(String field) {
        Optional<JsonNode> node = given(field);
        if (node.isEmpty()) {
            wrong(field, "is required");
        }
        return node;
    }

    /** A null is as good as absent: shells and workflow tools send it for "not set". */
    private Optional<JsonNode> given(String field) {
        return body.hasNonNull(field) ? Optional.of(body.get(field)) : Optional.empty();
    }

    private Optional<String> prompt(String field, JsonNode node) {
        if (!node.isTextual()) {
            return wrong(field, "must be a string");
        }
        String prompt = node.asText();
        int bytes = prompt.getBytes(StandardCharsets.UTF_8).length;
        if (prompt.isBlank()) {
            return wrong(field, "must not be blank");
        }
        if (bytes > limits.maxPromptBytes()) {
            return wrong(field, "has %d bytes, at most %d are allowed".formatted(bytes, limits.maxPromptBytes()));
        }
        if (hasHalfCharacter(prompt)) {
            return wrong(field, "must not contain half of a surrogate pair");
        }
        return prompt.indexOf('\0') < 0 ? Optional.of(prompt) : wrong(field, "must not contain NUL characters");
    }

    /** UTF-8 cannot hold it, so it could not reach the agent, the store or the caller as it came. */
    private static boolean hasHalfCharacter(String text) {
        return text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private Optional<String> agent(String field, JsonNode node) {
        if (!node.isTextual()) {
            return wrong(field, "must be a string");
        }
        try {
            return Optional.of(AgentName.parse(node.asText()).value());
        } catch (IllegalArgumentException e) {
            return wrong(field, e.getMessage());
        }
    }

    private Optional<String> model(String field, JsonNode node) {
        return node.isTextual() && MODEL.matcher(node.asText()).matches()
                ? Optional.of(node.asText())
                : wrong(field, "must be the name of a model, such as sonnet");
    }

    private Optional<Json> schema(String field, JsonNode node) {
        Optional<String> fault = hasHalfCharacter(node.toString())
                ? Optional.of("must not contain half of a surrogate pair")
                : SchemaCheck.fault(node);
        return fault.isPresent() ? wrong(field, fault.get()) : Optional.of(new Json(node.toString()));
    }

    private Optional<BigDecimal> budget(String field, JsonNode node) {
        if (!node.isNumber()) {
            return wrong(field, "must be a number of US dollars");
        }
        BigDecimal budget = node.decimalValue();
        return budget.compareTo(MIN_BUDGET_USD) >= 0 && budget.compareTo(limits.maxBudgetUsd()) <= 0
                ? Optional.of(budget)
                : wrong(
                        field,
                        "must be at least %s and at most %s"
                                .formatted(
                                        MIN_BUDGET_USD.toPlainString(),
                                        limits.maxBudgetUsd().toPlainString()));
    }

    private Optional<Duration> timeout(String field, JsonNode node) {
        long max = limits.maxTimeout().toSeconds();
        boolean whole =
                node.isNumber() && node.decimalValue().stripTrailingZeros().scale() <= 0;
        if (!whole || node.decimalValue().signum() <= 0 || node.decimalValue().compareTo(BigDecimal.valueOf(max)) > 0) {
            return wrong(field, "must be a whole number of seconds, more than 0 and at most " + max);
        }
        return Optional.of(Duration.ofSeconds(node.longValue()));
    }

    private Optional<Integer> priority(String field, JsonNode node) {
        return node.canConvertToInt()
                        && node.isIntegralNumber()
                        && node.intValue() >= -MAX_PRIORITY
                        && node.intValue() <= MAX_PRIORITY
                ? Optional.of(node.intValue())
                : wrong(field, "must be a whole number from -%1$d to %1$d".formatted(MAX_PRIORITY));
    }

    private Optional<String> key(String field, JsonNode node) {
        return node.isTextual() && KEY.matcher(node.asText()).matches()
                ? Optional.of(node.asText())
                : wrong(field, "must be 1 to 128 printable characters without blanks");
    }

    private Optional<Json> metadata(String field, JsonNode node) {
        if (!node.isObject()) {
            return wrong(field, "must be an object");
        }
        String text = node.toString();
        if (hasHalfCharacter(text)) {
            return wrong(field, "must not contain half of a surrogate pair");
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > limits.maxMetadataBytes()) {
            return wrong(field, "has %d bytes, at most %d are allowed".formatted(bytes, limits.maxMetadataBytes()));
        }
        return depth(node) <= limits.maxMetadataDepth()
                ? Optional.of(new Json(text))
                : wrong(field, "is nested deeper than %d levels".formatted(limits.maxMetadataDepth()));
    }

    static int depth(JsonNode node) {
        int deepest = 0;
        for (JsonNode child : node) {
            deepest = Math.max(deepest, depth(child));
        }
        return node.isContainerNode() ? deepest + 1 : 0;
    }

    private <T> Optional<T> wrong(String field, String message) {
        if (violations.size() < MAX_VIOLATIONS) {
            violations.add(new Problem.Violation(field, message));
        }
        return Optional.empty();
    }
}
