package io.agentservice;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.PropertiesConfigSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** What follows from environment variables by more than their value. Quarkus' own variables and options win over it. */
public final class EnvironmentSettings implements ConfigSourceFactory {

    /** Above application.properties, below the environment. */
    private static final int ORDINAL = 275;

    private static final Set<String> LEVELS = Set.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE");
    private static final Set<String> FORMATS = Set.of("text", "json");

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        return List.of(new PropertiesConfigSource(settings(context), "EnvironmentSettings", ORDINAL));
    }

    @Override
    public OptionalInt getPriority() {
        return OptionalInt.of(ORDINAL);
    }

    private static Map<String, String> settings(ConfigSourceContext context) {
        Map<String, String> settings = new HashMap<>();
        String format =
                oneOf(FORMATS, "LOG_FORMAT", value(context, "LOG_FORMAT").orElse("text"));
        settings.put("quarkus.log.console.json.enabled", Boolean.toString(format.equals("json")));
        String level = oneOf(
                LEVELS, "LOG_LEVEL", value(context, "LOG_LEVEL").orElse("INFO").toUpperCase(Locale.ROOT));
        settings.put("quarkus.log.category.\"io.agentservice\".level", level);
        if (level.equals("WARN") || level.equals("ERROR")) {
            settings.put("quarkus.log.level", level);
        }
        boolean traced = value(context, "agent-service.trace.endpoint").isPresent();
        settings.put("quarkus.otel.sdk.disabled", Boolean.toString(!traced));
        return settings;
    }

    private static Optional<String> value(ConfigSourceContext context, String name) {
        return Optional.ofNullable(context.getValue(name).getValue()).filter(text -> !text.isBlank());
    }

    private static String oneOf(Set<String> known, String name, String value) {
        if (!known.contains(value)) {
            throw new IllegalArgumentException("%s may be one of %s".formatted(name, String.join(", ", known)));
        }
        return value;
    }
}
