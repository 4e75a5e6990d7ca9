package io.agentservice.runner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.job.JobEvent;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** How much of the account's usage limit is used, as the API last told an agent. */
@Singleton
public class UsageLimits {

    private static final Logger LOG = Logger.getLogger(UsageLimits.class);
    private static final String REJECTED = "rejected";
    /** What the API calls them; an agent could make up others. */
    private static final Set<String> WINDOWS =
            Set.of("five_hour", "seven_day", "seven_day_opus", "seven_day_sonnet", "overage");

    private final MeterRegistry registry;
    private final ObjectMapper json;
    private final Clock clock;
    private final Map<String, Double> used = new ConcurrentHashMap<>();
    private volatile Instant resetsAt = Instant.EPOCH;
    private volatile boolean rejected;

    UsageLimits(MeterRegistry registry, ObjectMapper json, Clock clock) {
        this.registry = registry;
        this.json = json;
        this.clock = clock;
        Gauge.builder("claude_agent_usage_limit_reset_timestamp", () -> resetsAt.getEpochSecond())
                .description(
                        "When the usage limit that was last told of is lifted, in seconds since 1970; 0 if none was")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("claude_agent_usage_limit_reached", () -> isReached() ? 1 : 0)
                .description("Whether a run was refused for the usage limit, and it is not lifted yet")
                .register(registry);
    }

    private boolean isReached() {
        return rejected && clock.instant().isBefore(resetsAt);
    }

    void told(JobEvent.RateLimit limit) {
        limit.resetsAt().ifPresent(at -> resetsAt = at);
        rejected = limit.status().equals(REJECTED);
        try {
            JsonNode windows = json.readTree(limit.detail().text()).path("unifiedWindows");
            windows.properties().forEach(window -> told(window.getKey(), window.getValue()));
        } catch (JsonProcessingException e) {
            LOG.debugf("a usage limit was told of in no JSON: %s", e.getOriginalMessage());
        }
    }

    private void told(String name, JsonNode window) {
        JsonNode utilization = window.path("utilization");
        if (utilization.isNumber()) {
            String known = WINDOWS.contains(name) ? name : "other";
            if (used.put(known, utilization.asDouble()) == null) {
                register(known);
            }
        }
    }

    private void register(String window) {
        Gauge.builder("claude_agent_usage_limit_utilization_ratio", used, map -> map.get(window))
                .description("How much of the account's usage limit is used, as the API last said")
                .tag("window", window)
                .register(registry);
    }
}
