package io.agentservice.agent;

import io.agentservice.agent.AgentPolicy.OnInterrupt;
import io.agentservice.agent.AgentPolicy.OnMissingSecret;
import io.agentservice.agent.AgentPolicy.OnUsageLimit;
import io.agentservice.agent.AgentPolicy.WhenExceeded;
import io.agentservice.process.Sandbox;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** What can be said of an agent with one word or number in {@code agents.yaml}. */
enum AgentSetting implements YamlSetting {
    PERMISSION_MODE(PermissionMode::fromCliName),
    MODEL(text -> text),
    SANDBOX(AgentSetting::sandbox),
    MAX_BUDGET_USD(AgentSetting::money),
    MAX_TIMEOUT(Durations::parse),
    IDLE_TIMEOUT(Durations::parse),
    TOOL_TIMEOUT(Durations::parse),
    MAX_STORED_BYTES(text -> (long) number(text)),
    MAX_RUNNING(AgentSetting::number),
    START_RATE(StartRate::parse),
    WHEN_EXCEEDED(text -> oneOf(WhenExceeded.values(), text)),
    ON_INTERRUPT(text -> oneOf(OnInterrupt.values(), text)),
    MAX_ATTEMPTS(AgentSetting::number),
    ON_USAGE_LIMIT(text -> oneOf(OnUsageLimit.values(), text)),
    MAX_USAGE_LIMIT_WAIT(Durations::parse),
    ON_MISSING_SECRET(text -> oneOf(OnMissingSecret.values(), text)),
    SERVICE_ACCOUNT(WorkspaceSetting::flag);

    private final Function<String, Object> parser;

    AgentSetting(Function<String, Object> parser) {
        this.parser = parser;
    }

    @Override
    public Function<String, Object> parser() {
        return parser;
    }

    /** {@code auto} is the best there is, which is also what nothing said means. */
    private static Optional<Sandbox> sandbox(String text) {
        return text.equals("auto") ? Optional.empty() : Optional.of(oneOf(Sandbox.values(), text, "auto"));
    }

    private static BigDecimal money(String text) {
        if (!text.matches("\\d{1,9}(\\.\\d{1,9})?") || new BigDecimal(text).signum() == 0) {
            throw new IllegalArgumentException("must be a number of US dollars above 0");
        }
        return new BigDecimal(text);
    }

    private static int number(String text) {
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) == 0) {
            throw new IllegalArgumentException("must be a whole number from 1");
        }
        return Integer.parseInt(text);
    }

    static <E extends Enum<E>> E oneOf(E[] values, String text, String... more) {
        return Arrays.stream(values)
                .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of " + String.join(", ", more)
                        + (more.length == 0 ? "" : ", ")
                        + String.join(
                                ", ",
                                Arrays.stream(values)
                                        .map(value -> value.name().toLowerCase(Locale.ROOT))
                                        .toList())));
    }
}
