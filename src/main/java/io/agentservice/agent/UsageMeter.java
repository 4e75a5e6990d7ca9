package io.agentservice.agent;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentservice.job.JobEvent;
import io.agentservice.job.RunCost;
import io.agentservice.job.RunCost.ModelCost;
import io.agentservice.job.Tokens;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts what the calls of one run have used, each call once however often it is told of. */
final class UsageMeter {

    /** What the CLI itself says in the place of a model. */
    private static final String NO_MODEL = "<synthetic>";

    private static final BigDecimal MOST_USD = BigDecimal.valueOf(1_000_000);
    private static final int MOST_DIGITS = 400;

    private final Map<String, Call> calls = new LinkedHashMap<>();
    private Optional<String> underWay = Optional.empty();

    private record Call(String model, Tokens tokens) {}

    /** Reads the API's own event of a partial message: a call begins with its prompt's tokens and ends with all. */
    Optional<JobEvent> sawStreamEvent(JsonNode event) {
        JsonNode message = event.path("message");
        switch (event.path("type").asText()) {
            case "message_start" -> {
                underWay = Optional.of(message.path("id").asText());
                return Optional.of(saw(message));
            }
            case "message_delta" -> {
                return underWay.filter(calls::containsKey)
                        .map(id -> saw(id, calls.get(id).model(), tokens(event.path("usage"))));
            }
            default -> {
                return Optional.empty();
            }
        }
    }

    /** Reads a message as the API gives it, with its id, model and usage. */
    JobEvent.Usage saw(JsonNode message) {
        return saw(message.path("id").asText(), message.path("model").asText(), tokens(message.path("usage")));
    }

    private JobEvent.Usage saw(String id, String model, Tokens tokens) {
        Tokens most = calls.containsKey(id) ? calls.get(id).tokens().max(tokens) : tokens;
        if (!model.equals(NO_MODEL)) {
            calls.put(id, new Call(model, most));
        }
        return new JobEvent.Usage(id, model, most);
    }

    /** The API's {@code usage}: what is written to the cache for an hour is part of what is written to it. */
    static Tokens tokens(JsonNode usage) {
        long hour =
                usage.path("cache_creation").path("ephemeral_1h_input_tokens").asLong();
        return new Tokens(
                usage.path("input_tokens").asLong(),
                usage.path("output_tokens").asLong(),
                usage.path("cache_read_input_tokens").asLong(),
                Math.max(0, usage.path("cache_creation_input_tokens").asLong() - hour),
                hour);
    }

    /** What these calls cost at list price: an estimate, as a call that was cut off is charged for more than it said. */
    RunCost estimate() {
        Map<String, ModelCost> models = new TreeMap<>();
        for (Call call : calls.values()) {
            BigDecimal usd = ModelPrices.usd(call.model(), call.tokens());
            models.merge(call.model(), new ModelCost(call.model(), call.tokens(), usd), UsageMeter::sum);
        }
        return new RunCost(new ArrayList<>(models.values()), !models.isEmpty());
    }

    private static ModelCost sum(ModelCost one, ModelCost other) {
        return new ModelCost(
                one.model(), one.tokens().plus(other.tokens()), one.usd().add(other.usd()));
    }

    /**
     * What a run cost by its own account: that of its conversation so far, less what stood there when it began.
     *
     * @param modelUsage the CLI's {@code modelUsage}, an object by model
     */
    static RunCost difference(JsonNode modelUsage, JsonNode before) {
        List<ModelCost> models = new ArrayList<>();
        modelUsage.properties().forEach(entry -> {
            ModelCost now = account(entry.getKey(), entry.getValue());
            ModelCost then = account(entry.getKey(), before.path(entry.getKey()));
            Tokens tokens = now.tokens().beyond(then.tokens());
            BigDecimal usd = now.usd().subtract(then.usd()).max(BigDecimal.ZERO);
            if (usd.signum() > 0 || !tokens.equals(Tokens.NONE)) {
                models.add(new ModelCost(entry.getKey(), tokens, usd));
            }
        });
        return new RunCost(models, false);
    }

    /** Nothing, if it is no sum that a run can cost: what an agent forged may take a gigabyte to write down. */
    static BigDecimal usd(JsonNode sum) {
        BigDecimal usd = sum.isNumber() ? sum.decimalValue() : BigDecimal.ZERO;
        return usd.signum() > 0 && usd.compareTo(MOST_USD) <= 0 && usd.scale() <= MOST_DIGITS ? usd : BigDecimal.ZERO;
    }

    private static ModelCost account(String model, JsonNode usage) {
        long hour = usage.path("cacheCreationEphemeral1hInputTokens").asLong();
        var tokens = new Tokens(
                usage.path("inputTokens").asLong(),
                usage.path("outputTokens").asLong(),
                usage.path("cacheReadInputTokens").asLong(),
                Math.max(0, usage.path("cacheCreationInputTokens").asLong() - hour),
                hour);
        return new ModelCost(model, tokens, usd(usage.path("costUSD")));
    }
}
