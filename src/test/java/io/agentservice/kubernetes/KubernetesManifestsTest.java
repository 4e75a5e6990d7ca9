package io.agentservice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentservice.testing.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is in k8s can be applied, as far as that can be known without a cluster. */
class KubernetesManifestsTest {

    private static final Path CRDS = Path.of("target/kubernetes/crds");

    private static Stream<Path> files(String end) throws IOException {
        try (Stream<Path> files = Files.walk(Manifests.FOLDER)) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList().stream();
        }
    }

    private static List<Manifests> everything() {
        return Manifests.overlays().stream().map(Manifests::ofOverlay).toList();
    }

    @Test
    void everyFileIsPartOfAnOverlayOrAnExample() throws IOException {
        var used = new TreeSet<Path>();
        for (Path file : files("kustomization.yaml").toList()) {
            used.add(file);
            JsonNode kustomization = Manifests.ofFile(file).all().get(0);
            Stream.of("resources", "components")
                    .flatMap(kind -> Manifests.texts(kustomization.path(kind)))
                    .forEach(name -> used.add(file.resolveSibling(name).normalize()));
            Manifests.list(kustomization.path("patches"))
                    .filter(patch -> patch.has("path"))
                    .forEach(patch ->
                            used.add(file.resolveSibling(patch.path("path").asText())));
            Manifests.list(kustomization.path("configMapGenerator"))
                    .flatMap(map -> Manifests.texts(map.path("files")))
                    .forEach(name -> used.add(file.resolveSibling(name.replaceFirst("^.*=", ""))));
        }

        assertThat(used).allMatch(Files::exists);
        assertThat(files(".yaml"))
                .allMatch(file ->
                        used.contains(file) || file.startsWith("k8s/examples") || file.startsWith("k8s/namespaces"));
        assertThat(Manifests.components())
                .allMatch(component -> used.contains(Path.of("k8s/components", component)), "is in an overlay");
    }

    @Test
    void theReadmeNamesEachOverlayAndComponent() throws IOException {
        String readme = Files.readString(Path.of("k8s/README.md"));

        assertThat(Stream.concat(Manifests.overlays().stream(), Manifests.components().stream()))
                .allMatch(name -> readme.contains("`" + name + "`"));
    }

    @Test
    void everyVariableThatAFileSetsIsOneThatTheServiceReads() throws IOException {
        List<String> variables = new ArrayList<>();
        for (Path file : files("deployment.yaml").toList()) {
            Manifests.ofFile(file).containers().stream()
                    .flatMap(container -> Manifests.list(container.path("env")))
                    .forEach(variable -> variables.add(variable.path("name").asText()));
        }

        assertThat(variables).hasSizeGreaterThan(15).allMatch(ServiceSettings::reads, "is read");
        assertThat(ServiceSettings.reads("MAX_CONCURRENCI")).isFalse();
    }

    @Test
    void theGraceInTheBaseIsLongerThanAStop() {
        Manifests base = Manifests.ofFile(Path.of("k8s/base/deployment.yaml"));

        assertThat(HouseRule.THE_GRACE_IS_LONGER_THAN_A_STOP.breaches(base)).isEmpty();
        base.pod().put("terminationGracePeriodSeconds", 50);
        assertThat(HouseRule.THE_GRACE_IS_LONGER_THAN_A_STOP.breaches(base)).hasSize(1);
    }

    @Test
    void whatAgentsMayDoInTheClusterIsToLook() {
        Manifests example = Manifests.ofFile(Path.of("k8s/examples/agents-rbac.yaml"));

        assertThat(example.the("ClusterRole").path("rules")).allSatisfy(rule -> {
            assertThat(Manifests.texts(rule.path("verbs"))).isSubsetOf("get", "list", "watch");
            assertThat(Manifests.texts(rule.path("resources")))
                    .doesNotContain("*", "secrets", "configmaps", "pods/exec", "serviceaccounts/token");
            assertThat(Manifests.texts(rule.path("apiGroups"))).doesNotContain("*");
        });
    }

    @Test
    void theSeccompProfileForbidsMuchAndNotWhatASandboxNeeds() throws IOException {
        JsonNode profile =
                Manifests.JSON.readTree(Path.of("k8s/node/seccomp.json").toFile());
        List<String> forbidden = Manifests.list(profile.path("syscalls"))
                .flatMap(rule -> Manifests.texts(rule.path("names")))
                .toList();

        assertThat(forbidden)
                .contains("bpf", "keyctl", "kexec_load", "init_module", "io_uring_setup", "perf_event_open", "setns")
                .doesNotContain("clone", "clone3", "unshare", "mount", "umount2", "pivot_root");
    }

    @Tag("full")
    @ParameterizedTest
    @MethodSource("io.agentservice.kubernetes.Manifests#overlays")
    void anOverlayKeepsTheRulesOfTheHouse(String overlay) {
        assertThat(HouseRule.allBreaches(Manifests.ofOverlay(overlay))).isEmpty();
    }

    @Tag("full")
    @ParameterizedTest
    @MethodSource("io.agentservice.kubernetes.KubernetesSchemas#versions")
    void everyOverlayIsValidForThisKubernetes(String version) throws IOException {
        var schemas = KubernetesSchemas.of(version);
        var foreign = new TreeSet<String>();
        List<Manifests> all = new ArrayList<>(everything());
        for (Path file : Stream.concat(
                        files(".yaml").filter(file -> file.startsWith("k8s/examples")),
                        files(".yaml").filter(file -> file.startsWith("k8s/namespaces")))
                .toList()) {
            all.add(Manifests.ofFile(file));
        }

        List<String> faults = all.stream()
                .flatMap(manifests -> manifests.all().stream())
                .flatMap(object -> schemas
                        .faults(object)
                        .orElseGet(() -> {
                            foreign.add(object.path("kind").asText());
                            return List.of();
                        })
                        .stream())
                .toList();

        assertThat(faults).isEmpty();
        assertThat(foreign).containsExactly("ExternalSecret", "PrometheusRule", "ServiceMonitor");
    }

    @Tag("full")
    @Test
    void aSchemaNoticesWhatIsWrong() {
        assertThat(KubernetesSchemas.versions()).hasSize(8).allSatisfy(version -> {
            var schemas = KubernetesSchemas.of(version);
            Manifests typo = Manifests.ofOverlay("single");
            typo.container().put("imagePullPolicie", "Always");
            Manifests wrongType = Manifests.ofOverlay("single");
            wrongType.pod().put("terminationGracePeriodSeconds", "60");

            assertThat(schemas.faults(typo.deployment()).orElseThrow()).isNotEmpty();
            assertThat(schemas.faults(wrongType.deployment()).orElseThrow()).isNotEmpty();
        });
    }

    @Tag("full")
    @Test
    void theObjectsOfOtherOperatorsAreValid() throws Exception {
        List<JsonNode> objects =
                everything().stream().flatMap(one -> one.all().stream()).toList();

        assertThat(operatorsSayOf(objects)).matches("\\d+ checked\\s*").doesNotContain("0 checked");
    }

    @Tag("full")
    @Test
    void theOperatorsNoticeWhatIsWrong() throws Exception {
        ObjectNode secret = Manifests.ofOverlay("external-secrets").the("ExternalSecret");
        ((ObjectNode) secret.at("/spec/target")).put("creationPolicy", "Owned");
        ObjectNode monitor = Manifests.ofOverlay("monitoring").the("ServiceMonitor");
        ((ObjectNode) monitor.at("/spec/endpoints/0")).put("port", 8080);
        ObjectNode rules = Manifests.ofOverlay("monitoring").the("PrometheusRule");
        ((ObjectNode) rules.at("/spec/groups/1/rules/0")).put("for", 5);

        assertThat(operatorsSayOf(List.of(secret, monitor, rules)))
                .contains("ExternalSecret claude-agent-service", "creationPolicy")
                .contains("ServiceMonitor claude-agent-service", "endpoints/0/port")
                .contains("PrometheusRule claude-agent-service");
    }

    private static String operatorsSayOf(List<JsonNode> objects) throws Exception {
        Path node = Tools.need("node");
        Assumptions.assumeTrue(Files.isDirectory(CRDS), "nothing in %s: run .ci/kubernetes".formatted(CRDS));
        Path input = Files.createTempFile("objects", ".json");
        Manifests.JSON.writeValue(input.toFile(), objects);
        var process = new ProcessBuilder(
                        node.toString(), CRDS.resolve("check.js").toString())
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        Files.delete(input);
        return output;
    }

    @Tag("full")
    @Test
    void anExampleOfACombinationHasWhatEachComponentBrings() {
        Manifests homelab = Manifests.ofOverlay("homelab");

        assertThat(homelab.all().stream().map(object -> object.path("kind").asText()))
                .contains("ServiceMonitor", "PrometheusRule", "ClusterRoleBinding", "PersistentVolumeClaim");
        assertThat(homelab.pod().path("hostUsers").asBoolean(true)).isFalse();
        assertThat(Manifests.list(homelab.container().path("env"))
                        .map(variable -> variable.path("name").asText()))
                .contains("VAULT_ADDR", "MAX_CONCURRENCY")
                .doesNotContain("API_BEARER_TOKEN_FILE");
        assertThat(homelab.ofKind("NetworkPolicy").map(Manifests::name).collect(Collectors.toSet()))
                .hasSize(4);
    }

    @Tag("full")
    @Test
    void componentsCombineInAnyOrder(@TempDir Path folder) throws IOException {
        List<String> components = Manifests.components().stream()
                .filter(name -> !name.equals("priority"))
                .toList();
        for (int subset = 0; subset < 1 << components.size(); subset++) {
            int chosen = subset;
            List<String> some = new ArrayList<>(IntStream.range(0, components.size())
                    .filter(i -> (chosen & 1 << i) != 0)
                    .mapToObj(components::get)
                    .toList());
            if (some.containsAll(List.of("vault", "external-secrets"))) {
                continue;
            }
            Manifests forwards = Manifests.ofComponents(some, folder);
            Collections.reverse(some);
            Manifests backwards = Manifests.ofComponents(some, folder);

            assertThat(HouseRule.allBreaches(forwards)).as(some.toString()).isEmpty();
            assertThat(HouseRule.allBreaches(backwards)).as(some.toString()).isEmpty();
            assertThat(forwards.all()).as(some.toString()).hasSameSizeAs(backwards.all());
        }
    }

    @Tag("full")
    @Test
    void theLevelOfEachNamespaceIsWhatItsPodsNeed() {
        for (String overlay : Manifests.overlays()) {
            boolean unmasked = Manifests.ofOverlay(overlay)
                    .container()
                    .at("/securityContext/procMount")
                    .asText()
                    .equals("Unmasked");
            String file = unmasked ? "sandboxed" : "restricted";
            JsonNode labels = Manifests.ofFile(Path.of("k8s/namespaces", file + ".yaml"))
                    .the("Namespace")
                    .at("/metadata/labels");

            assertThat(labels.path("pod-security.kubernetes.io/enforce").asText())
                    .as(overlay)
                    .isEqualTo(unmasked ? "baseline" : "restricted");
        }
    }
}
