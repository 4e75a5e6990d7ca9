package io.agentservice.secrets;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;

/** Settings as a configuration would have them. */
final class SecretsSettings {

    private SecretsSettings() {}

    static SecretsConfig secrets(Map<String, String> properties) {
        return config(properties).getConfigMapping(SecretsConfig.class);
    }

    static ClaudeConfig claude(Map<String, String> properties) {
        return config(properties).getConfigMapping(ClaudeConfig.class);
    }

    private static SmallRyeConfig config(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .withMapping(SecretsConfig.class)
                .withMapping(ClaudeConfig.class)
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .build();
    }
}
