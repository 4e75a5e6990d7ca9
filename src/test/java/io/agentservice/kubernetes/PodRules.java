package io.agentservice.kubernetes;

import static io.agentservice.kubernetes.Manifests.list;
import static io.agentservice.kubernetes.Manifests.name;
import static io.agentservice.kubernetes.Manifests.ports;
import static io.agentservice.kubernetes.Manifests.texts;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rules about the pod and its container. */
final class PodRules {

    private static final Pattern IMAGE = Pattern.compile(".+(:(?!latest$)[\\w.-]+|@sha256:[0-9a-f]{64})");
    private static final Pattern SECRET_NAME = Pattern.compile(".*(TOKEN|KEY|SECRET|PASSWORD|CREDENTIAL).*");
    private static final Pattern SECRET_VALUE =
            Pattern.compile("(?i)(sk-ant-|ghp_|glpat-|hvs\\.|eyJ|-----BEGIN [A-Z ]*PRIVATE).*");
    /** Beyond what the service itself may take: the JVM and the runtime want some, too. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private PodRules() {}

    static Stream<String> images(Manifests manifests) {
        return manifests.containers().stream()
                .map(container -> container.path("image").asText())
                .filter(image -> !IMAGE.matcher(image).matches())
                .map(image -> image + " has no fixed tag");
    }

    static Stream<String> resources(Manifests manifests) {
        return manifests.containers().stream()
                .flatMap(container -> Stream.of("requests", "limits")
                        .flatMap(kind -> Stream.of("cpu", "memory", "ephemeral-storage")
                                .filter(what -> container
                                        .at("/resources/%s/%s".formatted(kind, what))
                                        .isMissingNode())
                                .map(what -> "%s has no %s of %s".formatted(container.path("name"), kind, what))));
    }

    static Stream<String> disk(Manifests manifests) {
        List<String> breaches = new ArrayList<>();
        long sum = 0;
        for (JsonNode volume : manifests.pod().path("volumes")) {
            if (volume.has("emptyDir")) {
                String size = volume.at("/emptyDir/sizeLimit").asText();
                if (size.isEmpty()) {
                    breaches.add("the emptyDir %s has no sizeLimit".formatted(volume.path("name")));
                } else {
                    sum += gibibytes(size);
                }
            }
        }
        long limit = gibibytes(
                manifests.container().at("/resources/limits/ephemeral-storage").asText("0Gi"));
        if (sum > limit) {
            breaches.add("emptyDirs may hold %d GiB, and the container %d".formatted(sum, limit));
        }
        return breaches.stream();
    }

    private static long gibibytes(String quantity) {
        return Long.parseLong(quantity.replaceFirst("Gi$", ""));
    }

    static Stream<String> probes(Manifests manifests) {
        Map<String, String> paths = Map.of(
                "startupProbe", "/q/health/started",
                "livenessProbe", "/q/health/live",
                "readinessProbe", "/q/health/ready");
        JsonNode container = manifests.container();
        Set<String> ports = ports(container);
        return paths.keySet().stream()
                .filter(probe ->
                        !container.at("/" + probe + "/httpGet/path").asText().equals(paths.get(probe))
                                || !ports.contains(container
                                        .at("/" + probe + "/httpGet/port")
                                        .asText())
                                || container.at("/" + probe + "/timeoutSeconds").isMissingNode())
                .map(probe -> probe + " does not ask " + paths.get(probe) + ", or sets no timeout");
    }

    static Stream<String> secrets(Manifests manifests) {
        Stream<String> variables = manifests.containers().stream()
                .flatMap(container -> list(container.path("env")))
                .filter(PodRules::holdsASecret)
                .map(variable -> variable.path("name") + " is a secret in a variable");
        Stream<String> sources = manifests.containers().stream()
                .flatMap(container -> list(container.path("envFrom")))
                .filter(source -> source.has("secretRef"))
                .map(source -> "a Secret as variables: " + source);
        Stream<String> objects =
                manifests.ofKind("Secret").map(secret -> "the Secret %s is in git".formatted(name(secret)));
        Stream<String> texts = manifests
                .ofKind("ConfigMap")
                .flatMap(map -> list(map.path("data")))
                .flatMap(text -> text.asText().lines())
                .filter(line -> SECRET_VALUE.matcher(line.strip()).lookingAt())
                .map(line -> "a ConfigMap has what looks like a secret");
        return Stream.of(variables, sources, objects, texts).flatMap(found -> found);
    }

    private static boolean holdsASecret(JsonNode variable) {
        String name = variable.path("name").asText();
        String value = variable.path("value").asText();
        boolean isPath = value.startsWith("/") && (name.endsWith("_FILE") || name.endsWith("_PATH"));
        return variable.path("valueFrom").has("secretKeyRef")
                || SECRET_VALUE.matcher(value).lookingAt()
                || SECRET_NAME.matcher(name).matches() && !value.isEmpty() && !isPath;
    }

    static Stream<String> grace(Manifests manifests) {
        Duration stop = ServiceSettings.longestStop(manifests.container());
        Duration grace = Duration.ofSeconds(
                manifests.pod().path("terminationGracePeriodSeconds").asLong(30));
        return grace.compareTo(stop.plus(MARGIN)) >= 0
                ? Stream.empty()
                : Stream.of("%s s are given, and a stop takes %s s".formatted(grace.toSeconds(), stop.toSeconds()));
    }

    static Stream<String> variables(Manifests manifests) {
        return manifests.containers().stream()
                .flatMap(container -> list(container.path("env")))
                .map(variable -> variable.path("name").asText())
                .filter(variable -> !ServiceSettings.reads(variable))
                .map(variable -> "nothing reads " + variable);
    }

    static Stream<String> paths(Manifests manifests) {
        JsonNode container = manifests.container();
        List<Path> mounted = list(container.path("volumeMounts"))
                .map(mount -> Path.of(mount.path("mountPath").asText()))
                .toList();
        return list(container.path("env"))
                .filter(variable -> variable.path("value").asText().startsWith("/"))
                .filter(variable -> mounted.stream()
                        .noneMatch(mount ->
                                Path.of(variable.path("value").asText()).startsWith(mount)))
                .map(variable -> "%s is on no volume".formatted(variable));
    }

    static Stream<String> mounts(Manifests manifests) {
        List<String> breaches = new ArrayList<>();
        Set<String> volumes = list(manifests.pod().path("volumes"))
                .map(volume -> volume.path("name").asText())
                .collect(Collectors.toSet());
        Set<String> used = new HashSet<>();
        for (JsonNode container : manifests.containers()) {
            Set<String> paths = new HashSet<>();
            for (JsonNode mount : container.path("volumeMounts")) {
                used.add(mount.path("name").asText());
                if (!paths.add(mount.path("mountPath").asText())) {
                    breaches.add("two volumes at " + mount.path("mountPath"));
                }
            }
        }
        used.stream().filter(name -> !volumes.contains(name)).forEach(name -> breaches.add("no volume " + name));
        volumes.stream().filter(name -> !used.contains(name)).forEach(name -> breaches.add("nobody mounts " + name));
        return breaches.stream();
    }

    static Stream<String> tokens(Manifests manifests) {
        List<String> breaches = new ArrayList<>();
        if (manifests.pod().path("automountServiceAccountToken").asBoolean(true)
                || manifests
                        .the("ServiceAccount")
                        .path("automountServiceAccountToken")
                        .asBoolean(true)) {
            breaches.add("a token is mounted that nobody asked for");
        }
        boolean rights = manifests.ofKind("ClusterRoleBinding").findAny().isPresent();
        for (JsonNode volume : manifests.pod().path("volumes")) {
            for (JsonNode source : volume.at("/projected/sources")) {
                JsonNode token = source.path("serviceAccountToken");
                if (!token.isMissingNode() && token.path("expirationSeconds").asLong(Long.MAX_VALUE) > 3600) {
                    breaches.add("the token of %s lasts longer than an hour".formatted(volume.path("name")));
                }
                if (!token.isMissingNode() && token.path("audience").asText().isEmpty() && !rights) {
                    breaches.add(
                            "the token of %s is good for the API, and needs not be".formatted(volume.path("name")));
                }
            }
        }
        return breaches.stream();
    }
}
