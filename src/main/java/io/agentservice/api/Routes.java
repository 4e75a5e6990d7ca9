package io.agentservice.api;

import jakarta.inject.Singleton;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The paths of the contract, to which every request belongs, or to none. */
@Singleton
final class Routes {

    private static final String CONTRACT = "META-INF/openapi.yaml";
    private static final Pattern PATH = Pattern.compile(" {2}(/\\S*):\\s*");
    private static final Pattern METHOD = Pattern.compile(" {4}(get|post|put|patch|delete):\\s*");
    private static final String ANY = "{}";
    private static final int MAX_SEGMENTS = 8;
    /** Those of the framework. */
    private static final List<String> MORE = List.of(
            "/metrics",
            "/q/metrics",
            "/q/health",
            "/q/health/live",
            "/q/health/ready",
            "/q/health/started",
            "/q/health/well",
            "/q/openapi");

    private final Node root = new Node();

    private static final class Node {
        private final Map<String, Node> next = new HashMap<>();
        private final Set<String> methods = new TreeSet<>();
        private Optional<String> template = Optional.empty();
    }

    Routes() {
        MORE.forEach(this::add);
        var contract = Thread.currentThread().getContextClassLoader().getResourceAsStream(CONTRACT);
        read(Objects.requireNonNull(contract, CONTRACT));
    }

    /** What begins there with a slash is a path, and below it are its methods: no other parser needs to be asked. */
    private void read(InputStream contract) {
        try (var lines = new BufferedReader(new InputStreamReader(contract, StandardCharsets.UTF_8))) {
            Node last = root;
            for (String line : lines.lines().toList()) {
                Matcher path = PATH.matcher(line);
                Matcher method = METHOD.matcher(line);
                last = path.matches() ? add(path.group(1)) : last;
                if (method.matches()) {
                    last.methods.add(method.group(1).toUpperCase(Locale.ROOT));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Node add(String template) {
        Node node = root;
        for (String segment : template.substring(1).split("/")) {
            node = node.next.computeIfAbsent(segment.startsWith("{") ? ANY : segment, name -> new Node());
        }
        node.template = Optional.of(template);
        return node;
    }

    /** The path as the contract has it, such as {@code /jobs/{id}}. */
    Optional<String> templateOf(String path) {
        return node(path).flatMap(node -> node.template);
    }

    /** What may be done there; nothing where there is no such path. */
    Set<String> methodsOf(String path) {
        return node(path).map(node -> node.methods).orElse(Set.of());
    }

    private Optional<Node> node(String path) {
        String[] segments = path.substring(Math.min(1, path.length())).split("/", MAX_SEGMENTS);
        Node node = root;
        for (String segment : segments) {
            Node known = node.next.get(segment);
            node = known == null ? node.next.get(ANY) : known;
            if (node == null) {
                return Optional.empty();
            }
        }
        return Optional.of(node);
    }
}
