package io.agentservice.runner;

import io.agentservice.agent.AgentPolicy.RunLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Watches the time of one run: all of it, its silences, and each of its tool calls. */
final class RunClock {

    private final Instant startedAt;
    private final Duration timeout;
    private final RunLimits limits;
    private final Map<String, Instant> toolCalls = new HashMap<>();
    private volatile Instant lastLineAt;
    /** When the last tool call ended: only from then on is silence the model's. */
    private Instant lastToolCallAt;

    RunClock(Instant startedAt, Duration timeout, RunLimits limits) {
        this.startedAt = startedAt;
        this.timeout = timeout;
        this.limits = limits;
        this.lastLineAt = startedAt;
        this.lastToolCallAt = startedAt;
    }

    void heard(Instant now) {
        lastLineAt = now;
    }

    boolean silentFor(Duration duration, Instant now) {
        return !now.isBefore(lastLineAt.plus(duration));
    }

    /** The limit that is passed now, if one is. */
    Optional<StopReason> passed(Instant now, Set<String> openToolCalls) {
        toolCalls.keySet().retainAll(openToolCalls);
        openToolCalls.forEach(call -> toolCalls.putIfAbsent(call, now));
        if (!openToolCalls.isEmpty()) {
            lastToolCallAt = now;
        }
        if (!now.isBefore(startedAt.plus(timeout))) {
            return Optional.of(StopReason.WALL_CLOCK);
        }
        if (limits.toolTimeout().isPresent()
                && longestToolCall(now).compareTo(limits.toolTimeout().get()) >= 0) {
            return Optional.of(StopReason.TOOL_CALL);
        }
        boolean idle = openToolCalls.isEmpty()
                && silentFor(limits.idleTimeout(), now)
                && !now.isBefore(lastToolCallAt.plus(limits.idleTimeout()));
        return idle ? Optional.of(StopReason.IDLE) : Optional.empty();
    }

    private Duration longestToolCall(Instant now) {
        return toolCalls.values().stream()
                .map(since -> Duration.between(since, now))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }
}
