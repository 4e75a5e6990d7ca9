package io.agentservice.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The JSON schemas of one version of Kubernetes, in the form that forbids fields that it does not name. */
final class KubernetesSchemas {

    private static final Path FOLDER = Path.of("target/kubernetes/schemas");
    /** What they call each other; nothing is fetched from there. */
    private static final String IDS = "https://kubernetes.io/api/";

    private static final Pattern VERSION = Pattern.compile("v(1\\.\\d+)\\.0-local-strict");

    private final Path folder;
    private final JsonSchemaFactory factory;
    private final Map<String, JsonSchema> known = new HashMap<>();

    private KubernetesSchemas(Path folder) {
        this.folder = folder.toAbsolutePath();
        this.factory = JsonSchemaFactory.getInstance(
                SpecVersion.VersionFlag.V202012,
                builder -> builder.schemaMappers(
                        mappers -> mappers.mapPrefix(IDS, this.folder.toUri().toString())));
    }

    /** Skips the test where .ci/kubernetes has not been run. */
    static List<String> versions() {
        Assumptions.assumeTrue(Files.isDirectory(FOLDER), "no schemas in %s: run .ci/kubernetes".formatted(FOLDER));
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> VERSION.matcher(file.getFileName().toString()))
                    .filter(name -> name.matches())
                    .map(name -> name.group(1))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static KubernetesSchemas of(String version) {
        return new KubernetesSchemas(FOLDER.resolve("v%s.0-local-strict".formatted(version)));
    }

    /** What is wrong with it; empty also for kinds that Kubernetes itself does not have. */
    Optional<List<String>> faults(JsonNode object) {
        return schema(object)
                .map(schema -> schema.validate(object).stream()
                        .map(fault -> "%s %s: %s".formatted(object.path("kind"), Manifests.name(object), fault))
                        .toList());
    }

    private Optional<JsonSchema> schema(JsonNode object) {
        Path file = folder.resolve(fileName(object));
        return Files.exists(file)
                ? Optional.of(known.computeIfAbsent(
                        file.toString(),
                        name -> factory.getSchema(SchemaLocation.of(file.toUri().toString()))))
                : Optional.empty();
    }

    /** As in deployment-apps-v1.json, networkpolicy-networking-v1.json, service-v1.json. */
    private static String fileName(JsonNode object) {
        String[] group = object.path("apiVersion").asText().split("/");
        String kind = object.path("kind").asText().toLowerCase(Locale.ROOT);
        return group.length == 1
                ? "%s-%s.json".formatted(kind, group[0])
                : "%s-%s-%s.json".formatted(kind, group[0].split("\\.")[0], group[1]);
    }
}
