package io.agentservice.kubernetes;

import static io.agentservice.kubernetes.Manifests.list;
import static io.agentservice.kubernetes.Manifests.texts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The Pod Security level `restricted`, as far as fields are concerned that our pods could have, and our own rule of a
 * read-only root. A pod in a user namespace may have an unmasked /proc: that makes it `baseline`.
 */
final class PodSecurity {

    private static final Set<String> VOLUMES =
            Set.of("configMap", "downwardAPI", "emptyDir", "persistentVolumeClaim", "projected", "secret");

    private PodSecurity() {}

    static Stream<String> breaches(Manifests manifests) {
        JsonNode pod = manifests.pod();
        return Stream.concat(
                ofThePod(pod),
                manifests.containers().stream()
                        .flatMap(container ->
                                ofTheContainer(container, pod.path("hostUsers").asBoolean(true))));
    }

    private static Stream<String> ofThePod(JsonNode pod) {
        JsonNode security = pod.path("securityContext");
        String seccomp = security.at("/seccompProfile/type").asText();
        return Stream.of(
                        when(!security.path("runAsNonRoot").asBoolean(), "it may run as root"),
                        when(security.path("runAsUser").asInt() == 0, "its user is root, or left to the image"),
                        when(!Set.of("RuntimeDefault", "Localhost").contains(seccomp), "seccomp is " + seccomp),
                        when(security.at("/appArmorProfile/type").asText().equals("Unconfined"), "no AppArmor"),
                        list(pod.path("volumes"))
                                .filter(volume -> volume.properties().stream()
                                        .noneMatch(field -> VOLUMES.contains(field.getKey())))
                                .map(volume -> "a volume of a kind that is not allowed: " + volume),
                        Stream.of("hostNetwork", "hostPID", "hostIPC")
                                .filter(field -> pod.path(field).asBoolean())
                                .map(field -> field + " is on"))
                .flatMap(found -> found);
    }

    private static Stream<String> ofTheContainer(JsonNode container, boolean hostUsers) {
        JsonNode security = container.path("securityContext");
        List<String> dropped = texts(security.at("/capabilities/drop")).toList();
        boolean masked = security.path("procMount").asText("Default").equals("Default");
        return Stream.of(
                        when(security.path("privileged").asBoolean(), "it is privileged"),
                        when(security.path("allowPrivilegeEscalation").asBoolean(true), "it may gain privileges"),
                        when(!security.path("readOnlyRootFilesystem").asBoolean(), "its root can be written"),
                        when(!dropped.contains("ALL"), "it keeps capabilities"),
                        when(!security.at("/capabilities/add").isEmpty(), "it is given capabilities"),
                        when(!masked && hostUsers, "/proc is unmasked without a user namespace"),
                        when(security.path("runAsUser").asInt(1000) == 0, "it runs as root"),
                        list(container.path("ports"))
                                .filter(port -> port.has("hostPort"))
                                .map(port -> "it takes a port of the node"))
                .flatMap(found -> found);
    }

    private static Stream<String> when(boolean broken, String breach) {
        return broken ? Stream.of(breach) : Stream.empty();
    }
}
