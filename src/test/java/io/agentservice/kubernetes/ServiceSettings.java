package io.agentservice.kubernetes;

import static io.agentservice.kubernetes.Manifests.list;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The settings that the service knows: by its own documentation, which a test holds to the code, and by Quarkus'. */
final class ServiceSettings {

    private static final Path DOC = Path.of("docs/configuration.md");
    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| (?:`[^`]*` \\| )?`([A-Z][A-Z0-9_]*)` \\|");
    private static final Pattern READ = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)[:}]");
    private static final String QUARKUS = "META-INF/quarkus-config-doc/quarkus-config-model.json";

    private static final Properties PROPERTIES = properties();
    private static final Set<String> VARIABLES = variables();

    private ServiceSettings() {}

    /** Whether the variable sets anything. `NAME` in the documentation stands for any name. */
    static boolean reads(String variable) {
        return VARIABLES.contains(variable)
                || VARIABLES.stream()
                        .filter(known -> known.contains("_NAME_"))
                        .anyMatch(known -> variable.matches(known.replaceFirst("_NAME_", "_[A-Z0-9_]+_")));
    }

    private static Set<String> variables() {
        try {
            Set<String> all = new HashSet<>();
            DOCUMENTED.matcher(Files.readString(DOC)).results().forEach(row -> all.add(row.group(1)));
            PROPERTIES
                    .values()
                    .forEach(value ->
                            READ.matcher(value.toString()).results().forEach(found -> all.add(found.group(1))));
            for (URL model :
                    Collections.list(ServiceSettings.class.getClassLoader().getResources(QUARKUS))) {
                try (var in = model.openStream()) {
                    all.addAll(Manifests.JSON.readTree(in).findValuesAsText("environmentVariable"));
                }
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Properties properties() {
        try (Reader reader = Files.newBufferedReader(Path.of("src/main/resources/application.properties"))) {
            var properties = new Properties();
            properties.load(reader);
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From SIGTERM to the end, at most: the drain, what is interrupted after it, and the last answers. */
    static Duration longestStop(JsonNode container) {
        return Stream.of(
                        setting(container, "AGENT_SERVICE_QUEUE_DRAIN_GRACE"),
                        setting(container, "AGENT_SERVICE_QUEUE_STOP_PATIENCE"),
                        setting(container, "QUARKUS_SHUTDOWN_TIMEOUT"))
                .reduce(Duration.ZERO, Duration::plus);
    }

    private static Duration setting(JsonNode container, String variable) {
        String value = list(container.path("env"))
                .filter(one -> one.path("name").asText().equals(variable))
                .map(one -> one.path("value").asText())
                .findFirst()
                .orElseGet(() -> standard(variable));
        return Duration.parse("PT" + value);
    }

    private static String standard(String variable) {
        String key = variable.toLowerCase(java.util.Locale.ROOT).replace('_', '.');
        return PROPERTIES.containsKey(key) ? PROPERTIES.getProperty(key) : documented(variable);
    }

    private static String documented(String variable) {
        try {
            var row = Pattern.compile("(?m)^\\|[^|]*\\| `" + variable + "` \\|[^|]*\\| `([^`]*)` \\|")
                    .matcher(Files.readString(DOC));
            if (!row.find()) {
                throw new IllegalStateException("docs/configuration.md has no default of " + variable);
            }
            return row.group(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
