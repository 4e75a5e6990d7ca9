package io.agentservice.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.agentservice.testing.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The objects of some YAML: an overlay as kubectl renders it, or a file. */
record Manifests(List<JsonNode> all) {

    static final Path FOLDER = Path.of("k8s");
    static final ObjectMapper JSON = new ObjectMapper();
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Map<String, String> RENDERED = new ConcurrentHashMap<>();

    static List<String> overlays() {
        return names(FOLDER.resolve("overlays"));
    }

    static List<String> components() {
        return names(FOLDER.resolve("components"));
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Skips the test where there is no kubectl. Each call gives objects of its own. */
    static Manifests ofOverlay(String name) {
        Path kubectl = Tools.need("kubectl");
        return parse(RENDERED.computeIfAbsent(
                name, overlay -> render(kubectl, FOLDER.resolve("overlays").resolve(overlay))));
    }

    /** The overlay {@code single} with these components. */
    static Manifests ofComponents(List<String> components, Path folder) throws IOException {
        Path up = folder.toAbsolutePath().relativize(FOLDER.toAbsolutePath());
        ObjectNode kustomization = JSON.createObjectNode().put("namespace", "claude-agent-service");
        kustomization.putArray("resources").add(up.resolve("overlays/single").toString());
        var list = kustomization.putArray("components");
        components.forEach(
                name -> list.add(up.resolve("components").resolve(name).toString()));
        YAML.writeValue(folder.resolve("kustomization.yaml").toFile(), kustomization);
        return parse(render(Tools.need("kubectl"), folder));
    }

    private static String render(Path kubectl, Path overlay) {
        try {
            var process = new ProcessBuilder(kubectl.toString(), "kustomize", overlay.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(overlay + " cannot be rendered: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static Manifests ofFile(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static Manifests parse(String text) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            List<JsonNode> all = new ArrayList<>();
            documents.forEachRemaining(all::add);
            all.removeIf(JsonNode::isNull);
            return new Manifests(all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Stream<JsonNode> ofKind(String kind) {
        return all.stream().filter(object -> object.path("kind").asText().equals(kind));
    }

    Optional<JsonNode> find(String kind, String name) {
        return ofKind(kind).filter(object -> name(object).equals(name)).findFirst();
    }

    /** The only one of its kind: to be looked at, or to be broken. */
    ObjectNode the(String kind) {
        return (ObjectNode) ofKind(kind).findFirst().orElseThrow();
    }

    ObjectNode deployment() {
        return the("Deployment");
    }

    ObjectNode pod() {
        return (ObjectNode) deployment().at("/spec/template/spec");
    }

    /** All that run in the pod, init containers included. */
    List<JsonNode> containers() {
        return Stream.concat(list(pod().path("initContainers")), list(pod().path("containers")))
                .toList();
    }

    ObjectNode container() {
        return (ObjectNode) pod().at("/containers/0");
    }

    /** In place of what the overlay says, or beside it. */
    void setVariable(String name, String value) {
        ArrayNode variables = (ArrayNode) container().path("env");
        for (JsonNode variable : variables) {
            if (variable.path("name").asText().equals(name)) {
                ((ObjectNode) variable).put("value", value);
                return;
            }
        }
        variables.addObject().put("name", name).put("value", value);
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    static Stream<JsonNode> list(JsonNode node) {
        return StreamSupport.stream(node.spliterator(), false);
    }

    static Stream<String> texts(JsonNode node) {
        return list(node).map(JsonNode::asText);
    }

    /** The names of the ports of a container or a Service. */
    static Set<String> ports(JsonNode owner) {
        return list(owner.path("ports")).map(port -> port.path("name").asText()).collect(Collectors.toSet());
    }

    /** Whether an object with these labels is one that the selector means. */
    static boolean selects(JsonNode selector, JsonNode labels) {
        return selector.properties().stream()
                .allMatch(label -> labels.path(label.getKey()).equals(label.getValue()));
    }
}
