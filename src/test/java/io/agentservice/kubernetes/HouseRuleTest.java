package io.agentservice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule notices what it is there for, in an overlay that is right but for that. */
@Tag("full")
class HouseRuleTest {

    /** A mistake that somebody could make. */
    record Mistake(HouseRule rule, String what, String overlay, Consumer<Manifests> make) {

        @Override
        public String toString() {
            return rule + ": " + what;
        }
    }

    private static Mistake with(HouseRule rule, String what, Consumer<Manifests> make) {
        return new Mistake(rule, what, "single", make);
    }

    private static JsonNode json(String text) {
        try {
            return Manifests.JSON.readTree(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode at(JsonNode node, String pointer) {
        return (ObjectNode) node.at(pointer);
    }

    private static void add(JsonNode node, String list, String element) {
        ((ObjectNode) node).withArray("/" + list).add(json(element));
    }

    private static void removeNamed(JsonNode list, String name) {
        for (Iterator<JsonNode> each = list.iterator(); each.hasNext(); ) {
            if (each.next().path("name").asText().equals(name)) {
                each.remove();
            }
        }
    }

    static Stream<Mistake> mistakes() {
        return Stream.of(ofThePod(), ofSecurity(), ofSecrets(), ofWhatIsAround(), ofTheNetwork(), ofRights())
                .flatMap(List::stream);
    }

    private static List<Mistake> ofThePod() {
        return List.of(
                with(HouseRule.IMAGES_HAVE_A_TAG, "latest", m -> m.container().put("image", "a/b:latest")),
                with(HouseRule.IMAGES_HAVE_A_TAG, "none", m -> m.container().put("image", "localhost:5000/b")),
                with(HouseRule.IMAGES_HAVE_A_TAG, "init", m -> add(m.pod(), "initContainers", "{'image':'busybox'}")),
                with(
                        HouseRule.RESOURCES_ARE_LIMITED,
                        "memory",
                        m -> at(m.container(), "/resources/limits").remove("memory")),
                with(HouseRule.RESOURCES_ARE_LIMITED, "none", m -> m.container().remove("resources")),
                with(
                        HouseRule.THE_DISK_IS_LIMITED,
                        "no size",
                        m -> add(m.pod(), "volumes", "{'name':'x','emptyDir':{}}")),
                with(
                        HouseRule.THE_DISK_IS_LIMITED,
                        "more than the pod",
                        m -> at(m.container(), "/resources/limits").put("ephemeral-storage", "2Gi")),
                with(
                        HouseRule.PROBES_ASK_THE_RIGHT_ENDPOINTS,
                        "ready for live",
                        m -> at(m.container(), "/livenessProbe/httpGet").put("path", "/q/health/ready")),
                with(
                        HouseRule.PROBES_ASK_THE_RIGHT_ENDPOINTS,
                        "none",
                        m -> m.container().remove("startupProbe")),
                with(
                        HouseRule.PROBES_ASK_THE_RIGHT_ENDPOINTS,
                        "port",
                        m -> at(m.container(), "/readinessProbe/httpGet").put("port", "web")),
                with(
                        HouseRule.THE_GRACE_IS_LONGER_THAN_A_STOP,
                        "the default",
                        m -> m.pod().remove("terminationGracePeriodSeconds")),
                with(
                        HouseRule.THE_GRACE_IS_LONGER_THAN_A_STOP,
                        "a longer drain",
                        m -> add(m.container(), "env", "{'name':'AGENT_SERVICE_QUEUE_DRAIN_GRACE','value':'5m'}")),
                with(
                        HouseRule.VARIABLES_ARE_READ_BY_THE_SERVICE,
                        "a typo",
                        m -> add(m.container(), "env", "{'name':'MAX_CONCURENCY','value':'4'}")),
                with(
                        HouseRule.VARIABLES_ARE_READ_BY_THE_SERVICE,
                        "of Quarkus",
                        m -> add(m.container(), "env", "{'name':'QUARKUS_VAULT_TLS_CA_CERTS','value':'/tmp'}")),
                with(
                        HouseRule.PATHS_ARE_MOUNTED,
                        "elsewhere",
                        m -> at(m.container(), "/env/3").put("value", "/var/lib/jobs")),
                with(
                        HouseRule.VOLUMES_ARE_MOUNTED_ONCE,
                        "no volume",
                        m -> removeNamed(m.pod().path("volumes"), "data")),
                with(
                        HouseRule.VOLUMES_ARE_MOUNTED_ONCE,
                        "nobody",
                        m -> removeNamed(m.container().path("volumeMounts"), "home")),
                with(
                        HouseRule.VOLUMES_ARE_MOUNTED_ONCE,
                        "twice",
                        m -> add(m.container(), "volumeMounts", "{'name':'home','mountPath':'/tmp'}")));
    }

    private static List<Mistake> ofSecurity() {
        HouseRule rule = HouseRule.THE_POD_SECURITY_LEVEL_IS_RESTRICTED;
        return List.of(
                with(rule, "root", m -> at(m.pod(), "/securityContext").put("runAsNonRoot", false)),
                with(rule, "user 0", m -> at(m.pod(), "/securityContext").put("runAsUser", 0)),
                with(
                        rule,
                        "writable root",
                        m -> at(m.container(), "/securityContext").remove("readOnlyRootFilesystem")),
                with(
                        rule,
                        "escalation",
                        m -> at(m.container(), "/securityContext").remove("allowPrivilegeEscalation")),
                with(
                        rule,
                        "capabilities",
                        m -> at(m.container(), "/securityContext").remove("capabilities")),
                with(
                        rule,
                        "SYS_ADMIN",
                        m -> add(m.container().at("/securityContext/capabilities"), "add", "'SYS_ADMIN'")),
                with(
                        rule,
                        "privileged",
                        m -> at(m.container(), "/securityContext").put("privileged", true)),
                with(rule, "no seccomp", m -> at(m.pod(), "/securityContext").remove("seccompProfile")),
                with(
                        rule,
                        "unmasked",
                        m -> at(m.container(), "/securityContext").put("procMount", "Unmasked")),
                with(rule, "host network", m -> m.pod().put("hostNetwork", true)),
                with(
                        rule,
                        "host path",
                        m -> add(m.pod(), "volumes", "{'name':'docker','hostPath':{'path':'/var/run/docker.sock'}}")),
                new Mistake(
                        rule,
                        "sandboxed with the node's users",
                        "sandboxed",
                        m -> m.pod().remove("hostUsers")),
                new Mistake(
                        rule,
                        "sandboxed without seccomp",
                        "sandboxed",
                        m -> at(m.pod(), "/securityContext/seccompProfile").put("type", "Unconfined")));
    }

    private static List<Mistake> ofSecrets() {
        HouseRule rule = HouseRule.NO_SECRET_IS_IN_A_VARIABLE_OR_IN_GIT;
        return List.of(
                with(rule, "literal", m -> add(m.container(), "env", "{'name':'API_BEARER_TOKEN','value':'abc'}")),
                with(rule, "by its shape", m -> add(m.container(), "env", "{'name':'X','value':'sk-ant-api03-x'}")),
                with(
                        rule,
                        "by reference",
                        m -> add(
                                m.container(),
                                "env",
                                "{'name':'API_BEARER_TOKEN','valueFrom':{'secretKeyRef':{'name':'a','key':'b'}}}")),
                with(rule, "all of one", m -> add(m.container(), "envFrom", "{'secretRef':{'name':'a'}}")),
                with(rule, "an object", m -> at(m.the("ConfigMap"), "").put("kind", "Secret")),
                with(
                        rule,
                        "in a file",
                        m -> at(m.the("ConfigMap"), "/data")
                                .put("agents.yaml", "agents:\n  a:\n    environment:\n      ghp_0123456789")),
                new Mistake(
                        HouseRule.THE_SECRET_HAS_THE_FILES_THAT_ARE_READ,
                        "a key less",
                        "external-secrets",
                        m -> at(m.the("ExternalSecret"), "/spec/target/template/data")
                                .remove("ANTHROPIC_API_KEY")),
                with(
                        HouseRule.THE_SECRET_HAS_THE_FILES_THAT_ARE_READ,
                        "another name",
                        m -> at(m.container(), "/env/0").put("value", "/etc/claude-agent-secrets/TOKEN")));
    }

    private static List<Mistake> ofWhatIsAround() {
        HouseRule references = HouseRule.WHAT_IS_REFERRED_TO_IS_THERE;
        HouseRule selectors = HouseRule.SELECTORS_FIT;
        return List.of(
                with(
                        references,
                        "claim",
                        m -> m.all().removeIf(one -> Manifests.name(one).endsWith("-workspace"))),
                with(references, "account", m -> m.pod().put("serviceAccountName", "default")),
                with(references, "priority", m -> m.pod().put("priorityClassName", "high")),
                with(
                        references,
                        "ConfigMap",
                        m -> at(m.the("ConfigMap"), "/metadata").put("name", "agents")),
                with(references, "Secret", m -> add(m.pod(), "volumes", "{'name':'x','secret':{'secretName':'tls'}}")),
                with(
                        references,
                        "projected",
                        m -> add(
                                m.pod(),
                                "volumes",
                                "{'name':'x','projected':{'sources':[{'secret':{'name':'tls'}}]}}")),
                with(
                        selectors,
                        "Deployment",
                        m -> at(m.deployment(), "/spec/selector/matchLabels").put("app", "x")),
                with(
                        selectors,
                        "Service",
                        m -> at(m.the("Service"), "/spec/selector").put("app", "x")),
                with(
                        selectors,
                        "all",
                        m -> at(m.the("Service"), "/spec/selector").removeAll()),
                with(
                        selectors,
                        "port",
                        m -> at(m.the("Service"), "/spec/ports/0").put("targetPort", "web")),
                new Mistake(
                        selectors,
                        "monitor",
                        "monitoring",
                        m -> at(m.the("Service"), "/metadata/labels").removeAll()),
                new Mistake(
                        selectors,
                        "its port",
                        "monitoring",
                        m -> at(m.the("ServiceMonitor"), "/spec/endpoints/0").put("port", "metrics")),
                with(
                        HouseRule.THE_STORE_HAS_ONE_OWNER,
                        "two",
                        m -> at(m.deployment(), "/spec").put("replicas", 2)),
                with(
                        HouseRule.THE_STORE_HAS_ONE_OWNER,
                        "rolling",
                        m -> at(m.deployment(), "/spec/strategy").put("type", "RollingUpdate")),
                with(
                        HouseRule.THE_STORE_HAS_ONE_OWNER,
                        "a budget",
                        m -> m.all()
                                .add(
                                        json(
                                                "{'kind':'PodDisruptionBudget','metadata':{'name':'a'},'spec':{'minAvailable':1}}"))),
                with(
                        HouseRule.ALL_IS_IN_ONE_NAMESPACE,
                        "another",
                        m -> at(m.the("Service"), "/metadata").put("namespace", "default")),
                with(
                        HouseRule.ALL_IS_IN_ONE_NAMESPACE,
                        "none",
                        m -> at(m.the("Service"), "/metadata").remove("namespace")),
                with(
                        HouseRule.ALL_IS_IN_ONE_NAMESPACE,
                        "to be deleted with it",
                        m -> m.all().add(json("{'kind':'Namespace','metadata':{'name':'claude-agent-service'}}"))));
    }

    private static List<Mistake> ofTheNetwork() {
        HouseRule rule = HouseRule.THE_NETWORK_IS_CLOSED;
        return List.of(
                with(
                        rule,
                        "no policy",
                        m -> m.all().removeIf(one -> one.path("kind").asText().equals("NetworkPolicy"))),
                with(
                        rule,
                        "another pod",
                        m -> at(m.the("NetworkPolicy"), "/spec/podSelector/matchLabels")
                                .put("app", "x")),
                with(
                        rule,
                        "all pods",
                        m -> at(m.the("NetworkPolicy"), "/spec/podSelector").removeAll()),
                with(
                        rule,
                        "ingress only",
                        m -> ((ArrayNode) m.the("NetworkPolicy").at("/spec/policyTypes")).remove(1)),
                with(rule, "anybody", m -> add(m.the("NetworkPolicy").at("/spec"), "ingress", "{'from':[]}")),
                with(
                        rule,
                        "any namespace",
                        m -> add(m.the("NetworkPolicy").at("/spec"), "ingress", "{'from':[{'namespaceSelector':{}}]}")),
                with(
                        rule,
                        "another port",
                        m -> at(m.the("NetworkPolicy"), "/spec/ingress/0/ports/0")
                                .put("port", "web")),
                with(rule, "anywhere", m -> add(m.the("NetworkPolicy").at("/spec"), "egress", "{}")),
                with(rule, "no names", m -> ((ArrayNode) m.the("NetworkPolicy").at("/spec/egress")).remove(0)),
                with(
                        rule,
                        "home",
                        m -> at(m.the("NetworkPolicy"), "/spec/egress/1/to/0/ipBlock")
                                .remove("except")));
    }

    private static List<Mistake> ofRights() {
        return List.of(
                with(HouseRule.TOKENS_ARE_NARROW, "mounted", m -> m.pod().put("automountServiceAccountToken", true)),
                with(HouseRule.TOKENS_ARE_NARROW, "by default", m -> m.pod().remove("automountServiceAccountToken")),
                new Mistake(
                        HouseRule.TOKENS_ARE_NARROW,
                        "for a year",
                        "vault",
                        m -> m.pod()
                                .findParents("audience")
                                .forEach(token -> ((ObjectNode) token).put("expirationSeconds", 31536000))),
                new Mistake(
                        HouseRule.TOKENS_ARE_NARROW,
                        "for the API",
                        "vault",
                        m -> m.pod().findParents("audience").forEach(token -> ((ObjectNode) token).remove("audience"))),
                with(
                        HouseRule.RIGHTS_ARE_FEW,
                        "admin",
                        m -> m.all()
                                .add(
                                        json(
                                                "{'kind':'ClusterRoleBinding','metadata':{'name':'a'},'roleRef':{'name':'cluster-admin'}}"))),
                with(
                        HouseRule.RIGHTS_ARE_FEW,
                        "a role",
                        m -> m.all()
                                .add(
                                        json(
                                                "{'kind':'Role','metadata':{'name':'a','namespace':'claude-agent-service'}}"))));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsNoticed(Mistake mistake) {
        Manifests manifests = Manifests.ofOverlay(mistake.overlay());
        assertThat(mistake.rule().breaches(manifests)).isEmpty();

        mistake.make().accept(manifests);

        assertThat(mistake.rule().breaches(manifests)).isNotEmpty();
    }

    @Test
    void thereIsAMistakeForEachRule() {
        Set<HouseRule> proven = mistakes().map(Mistake::rule).collect(Collectors.toSet());

        assertThat(proven).isEqualTo(EnumSet.allOf(HouseRule.class));
    }
}
