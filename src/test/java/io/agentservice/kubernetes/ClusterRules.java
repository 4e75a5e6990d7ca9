package io.agentservice.kubernetes;

import static io.agentservice.kubernetes.Manifests.list;
import static io.agentservice.kubernetes.Manifests.name;
import static io.agentservice.kubernetes.Manifests.ports;
import static io.agentservice.kubernetes.Manifests.selects;
import static io.agentservice.kubernetes.Manifests.texts;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rules about what is around the pod, and how it hangs together. */
final class ClusterRules {

    private static final Set<String> OF_THE_CLUSTER =
            Set.of("PriorityClass", "ClusterRole", "ClusterRoleBinding", "Namespace");
    /** Kubernetes puts it into each namespace. */
    private static final Set<String> EVERYWHERE = Set.of("ConfigMap/kube-root-ca.crt");
    /** What the operator brings: k8s/README.md and k8s/examples say so. */
    private static final Set<String> BROUGHT = Set.of("ConfigMap/vault-ca", "Secret/claude-agent-service");

    private static final Path SECRET = Path.of("k8s/examples/secret.yaml");

    private ClusterRules() {}

    static Stream<String> references(Manifests manifests) {
        Set<String> wanted = new HashSet<>();
        JsonNode pod = manifests.pod();
        wanted.add("ServiceAccount/" + pod.path("serviceAccountName").asText());
        if (pod.has("priorityClassName")) {
            wanted.add("PriorityClass/" + pod.path("priorityClassName").asText());
        }
        Stream.concat(
                        list(pod.path("volumes")),
                        list(pod.path("volumes")).flatMap(v -> list(v.at("/projected/sources"))))
                .forEach(source -> {
                    add(wanted, "PersistentVolumeClaim/", source.at("/persistentVolumeClaim/claimName"));
                    add(wanted, "ConfigMap/", source.at("/configMap/name"));
                    add(wanted, "Secret/", source.at("/secret/secretName"));
                    add(wanted, "Secret/", source.at("/secret/name"));
                });
        Set<String> there = manifests.all().stream()
                .map(object -> object.path("kind").asText() + "/" + name(object))
                .collect(Collectors.toSet());
        manifests.ofKind("ExternalSecret").forEach(made -> add(there, "Secret/", made.at("/spec/target/name")));
        return wanted.stream()
                .filter(one -> !there.contains(one) && !EVERYWHERE.contains(one) && !BROUGHT.contains(one))
                .map(one -> one + " is neither here nor what the operator brings");
    }

    /** Each file of the Secret that the pod reads is a key of what makes it: an ExternalSecret, or what the operator copies. */
    static Stream<String> keys(Manifests manifests) {
        JsonNode keys = manifests
                .ofKind("ExternalSecret")
                .findFirst()
                .map(made -> made.at("/spec/target/template/data"))
                .orElseGet(() -> Manifests.ofFile(SECRET).the("Secret").path("stringData"));
        Path folder = list(manifests.container().path("volumeMounts"))
                .filter(mount -> mount.path("name").asText().equals("secrets"))
                .map(mount -> Path.of(mount.path("mountPath").asText()))
                .findFirst()
                .orElse(Path.of("/nowhere"));
        return list(manifests.container().path("env"))
                .map(variable -> Path.of(variable.path("value").asText()))
                .filter(path -> folder.equals(path.getParent()))
                .map(path -> path.getFileName().toString())
                .filter(file -> !keys.has(file))
                .map(file -> "the Secret has no " + file);
    }

    private static void add(Set<String> names, String kind, JsonNode name) {
        if (name.isTextual()) {
            names.add(kind + name.asText());
        }
    }

    static Stream<String> selectors(Manifests manifests) {
        List<String> breaches = new ArrayList<>();
        JsonNode labels = manifests.deployment().at("/spec/template/metadata/labels");
        Set<String> ports = ports(manifests.container());
        if (!selects(manifests.deployment().at("/spec/selector/matchLabels"), labels)) {
            breaches.add("the Deployment does not select its pods");
        }
        JsonNode service = manifests.the("Service");
        if (service.at("/spec/selector").isEmpty() || !selects(service.at("/spec/selector"), labels)) {
            breaches.add("the Service does not select the pods");
        }
        list(service.at("/spec/ports"))
                .map(port -> port.path("targetPort").asText())
                .filter(port -> !ports.contains(port))
                .forEach(port -> breaches.add("the Service sends to the port %s, which there is not".formatted(port)));
        Set<String> named = ports(service.path("spec"));
        manifests.ofKind("ServiceMonitor").forEach(monitor -> {
            if (!selects(monitor.at("/spec/selector/matchLabels"), service.at("/metadata/labels"))
                    || !list(monitor.at("/spec/endpoints"))
                            .allMatch(endpoint ->
                                    named.contains(endpoint.path("port").asText()))) {
                breaches.add("the ServiceMonitor does not select the Service and a port of it");
            }
        });
        return breaches.stream();
    }

    static Stream<String> network(Manifests manifests) {
        List<String> breaches = new ArrayList<>();
        JsonNode labels = manifests.deployment().at("/spec/template/metadata/labels");
        Set<String> ports = ports(manifests.container());
        Set<String> closed = new HashSet<>();
        boolean resolves = false;
        for (JsonNode policy : manifests.ofKind("NetworkPolicy").toList()) {
            String name = name(policy);
            if (policy.at("/spec/podSelector/matchLabels").isEmpty()
                    || !selects(policy.at("/spec/podSelector/matchLabels"), labels)) {
                breaches.add(name + " does not select the pods, or selects all");
            }
            texts(policy.at("/spec/policyTypes")).forEach(closed::add);
            for (JsonNode rule : policy.at("/spec/ingress")) {
                if (rule.path("from").isEmpty() || list(rule.path("from")).anyMatch(ClusterRules::isAnybody)) {
                    breaches.add(name + " lets anybody in");
                }
                list(rule.path("ports"))
                        .map(port -> port.path("port").asText())
                        .filter(port -> !ports.contains(port))
                        .forEach(port -> breaches.add(name + " opens a port that there is not: " + port));
            }
            for (JsonNode rule : policy.at("/spec/egress")) {
                resolves |= list(rule.path("ports"))
                        .anyMatch(port -> port.path("port").asInt() == 53);
                if (rule.path("to").isEmpty() || rule.path("ports").isEmpty()) {
                    breaches.add(name + " lets agents go anywhere");
                }
                list(rule.path("to"))
                        .map(to -> to.path("ipBlock"))
                        .filter(block -> block.path("cidr").asText().endsWith("/0"))
                        .filter(block -> block.path("except").isEmpty())
                        .forEach(block -> breaches.add(name + " lets agents into the cluster: " + block));
            }
        }
        if (!closed.equals(Set.of("Ingress", "Egress"))) {
            breaches.add("only %s is closed".formatted(closed));
        }
        if (!resolves) {
            breaches.add("no name can be resolved");
        }
        return breaches.stream();
    }

    private static boolean isAnybody(JsonNode peer) {
        JsonNode namespaces = peer.path("namespaceSelector");
        return !peer.has("ipBlock")
                && namespaces.path("matchLabels").isEmpty()
                && namespaces.path("matchExpressions").isEmpty();
    }

    static Stream<String> owner(Manifests manifests) {
        List<String> breaches = new ArrayList<>();
        JsonNode spec = manifests.deployment().path("spec");
        if (spec.path("replicas").asInt(0) != 1
                || !spec.at("/strategy/type").asText().equals("Recreate")) {
            breaches.add("two pods could have the store at once");
        }
        manifests
                .ofKind("PodDisruptionBudget")
                .filter(budget -> !budget.at("/spec/maxUnavailable").asText().equals("1"))
                .forEach(budget -> breaches.add(name(budget) + " would block the drain of a node for ever"));
        return breaches.stream();
    }

    static Stream<String> rights(Manifests manifests) {
        Stream<String> bindings = Stream.of("RoleBinding", "ClusterRoleBinding")
                .flatMap(manifests::ofKind)
                .filter(binding ->
                        !binding.at("/roleRef/name").asText().equals("system:service-account-issuer-discovery"))
                .map(binding -> "%s gives the role %s".formatted(name(binding), binding.at("/roleRef/name")));
        Stream<String> roles = Stream.of("Role", "ClusterRole")
                .flatMap(manifests::ofKind)
                .map(role -> "an overlay makes the role " + name(role));
        return Stream.concat(bindings, roles);
    }

    static Stream<String> namespace(Manifests manifests) {
        return manifests.all().stream()
                .filter(object -> object.path("kind").asText().equals("Namespace")
                        || object.at("/metadata/namespace").isMissingNode()
                                != OF_THE_CLUSTER.contains(object.path("kind").asText())
                        || !object.at("/metadata/namespace")
                                .asText("claude-agent-service")
                                .equals("claude-agent-service"))
                .map(object -> "%s %s".formatted(object.path("kind"), name(object)));
    }
}
