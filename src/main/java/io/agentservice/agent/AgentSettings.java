package io.agentservice.agent;

import io.agentservice.process.Sandbox;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What {@code agents.yaml} says in one place: of all agents, or of one.
 *
 * @param values what is said; what is not said is not there
 * @param models the models that jobs may name, if that is said
 */
record AgentSettings(
        Map<AgentSetting, Object> values,
        Optional<List<String>> models,
        Map<String, String> environment,
        Map<String, String> secrets,
        WorkspaceSettings workspace) {

    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(10);
    private static final long MAX_STORED_BYTES = 256L << 20;
    private static final int MAX_ATTEMPTS = 3;
    private static final Duration MAX_USAGE_LIMIT_WAIT = Duration.ofHours(6);

    static final AgentSettings NONE =
            new AgentSettings(Map.of(), Optional.empty(), Map.of(), Map.of(), WorkspaceSettings.NONE);

    AgentSettings(Map<AgentSetting, Object> values, Optional<List<String>> models, Map<String, String> environment) {
        this(values, models, environment, Map.of(), WorkspaceSettings.NONE);
    }

    /** These, and what is not said here from the defaults. */
    AgentSettings over(AgentSettings defaults) {
        Map<AgentSetting, Object> merged = new EnumMap<>(AgentSetting.class);
        merged.putAll(defaults.values);
        merged.putAll(values);
        Map<String, String> variables = new HashMap<>(defaults.environment);
        variables.putAll(environment);
        Map<String, String> references = new HashMap<>(defaults.secrets);
        references.putAll(secrets);
        return new AgentSettings(
                merged, models.or(defaults::models), variables, references, workspace.over(defaults.workspace));
    }

    AgentPolicy policy() {
        var run = new AgentPolicy.RunLimits(
                get(AgentSetting.MAX_BUDGET_USD, BigDecimal.class),
                get(AgentSetting.MAX_TIMEOUT, Duration.class),
                get(AgentSetting.IDLE_TIMEOUT, Duration.class).orElse(IDLE_TIMEOUT),
                get(AgentSetting.TOOL_TIMEOUT, Duration.class),
                get(AgentSetting.MAX_STORED_BYTES, Long.class).orElse(MAX_STORED_BYTES));
        return new AgentPolicy(
                get(AgentSetting.PERMISSION_MODE, PermissionMode.class).orElse(PermissionMode.BYPASS_PERMISSIONS),
                new AgentPolicy.Models(get(AgentSetting.MODEL, String.class), models.orElse(List.of())),
                new AgentPolicy.Variables(
                        environment,
                        secrets,
                        get(AgentSetting.ON_MISSING_SECRET, AgentPolicy.OnMissingSecret.class)
                                .orElse(AgentPolicy.OnMissingSecret.WAIT),
                        get(AgentSetting.SERVICE_ACCOUNT, Boolean.class).orElse(false)),
                get(AgentSetting.SANDBOX, Optional.class).flatMap(AgentSettings::asSandbox),
                run,
                queueLimits(),
                workspace.policy());
    }

    private AgentPolicy.QueueLimits queueLimits() {
        return new AgentPolicy.QueueLimits(
                get(AgentSetting.MAX_RUNNING, Integer.class)
                        .map(OptionalInt::of)
                        .orElse(OptionalInt.empty()),
                get(AgentSetting.START_RATE, StartRate.class),
                get(AgentSetting.WHEN_EXCEEDED, AgentPolicy.WhenExceeded.class).orElse(AgentPolicy.WhenExceeded.WAIT),
                continuation());
    }

    private AgentPolicy.Continuation continuation() {
        return new AgentPolicy.Continuation(
                get(AgentSetting.ON_INTERRUPT, AgentPolicy.OnInterrupt.class).orElse(AgentPolicy.OnInterrupt.RESUME),
                get(AgentSetting.MAX_ATTEMPTS, Integer.class).orElse(MAX_ATTEMPTS),
                get(AgentSetting.ON_USAGE_LIMIT, AgentPolicy.OnUsageLimit.class).orElse(AgentPolicy.OnUsageLimit.PARK),
                get(AgentSetting.MAX_USAGE_LIMIT_WAIT, Duration.class).orElse(MAX_USAGE_LIMIT_WAIT));
    }

    private static Optional<Sandbox> asSandbox(Optional<?> value) {
        return value.map(Sandbox.class::cast);
    }

    private <T> Optional<T> get(AgentSetting setting, Class<T> type) {
        return Optional.ofNullable(values.get(setting)).map(type::cast);
    }
}
