package io.agentservice.callers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be said of the n8n workflows without an n8n: how they hang together, and what their expressions say. */
class N8nWorkflowsTest {

    private static final Path FOLDER = Path.of("integrations/n8n");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "CLAUDE_AGENT_URL", "http://agents:8080",
            "CLAUDE_AGENT_API_TOKEN", "the-token",
            "OWN_IMAGES", "ghcr.io/somebody/,registry.home.example/");

    private static JsonNode workflow(String name) throws IOException {
        return JSON.readTree(FOLDER.resolve(name).toFile());
    }

    private static JsonNode evaluated(String name, List<? extends Map<String, ?>> bodies) throws Exception {
        Process node = new ProcessBuilder(
                        "node",
                        "src/test/n8n/expressions.mjs",
                        FOLDER.resolve(name).toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var in = node.getOutputStream()) {
            in.write(JSON.writeValueAsBytes(Map.of("env", ENVIRONMENT, "bodies", bodies)));
        }
        return JSON.readTree(new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"image-upgrades.json", "run-agent-and-wait.json"})
    void everyNodeIsConnectedAndEveryConnectionLeadsToANode(String name) throws IOException {
        JsonNode workflow = workflow(name);
        List<String> names = workflow.path("nodes").findValuesAsText("name").stream()
                .distinct()
                .toList();
        Set<String> nodes = new HashSet<>();
        workflow.path("nodes")
                .forEach(node ->
                        assertThat(nodes.add(node.path("name").asText())).isTrue());
        assertThat(names).containsAll(nodes);

        Set<String> reached = new HashSet<>();
        Deque<String> next =
                new ArrayDeque<>(List.of(workflow.at("/nodes/0/name").asText()));
        while (!next.isEmpty()) {
            String from = next.pop();
            if (reached.add(from)) {
                workflow.path("connections").path(from).findValuesAsText("node").forEach(next::push);
            }
        }

        assertThat(workflow.at("/nodes/0/type").asText()).containsPattern("webhook|executeWorkflowTrigger");
        assertThat(reached).isEqualTo(nodes);
        assertThat(workflow.path("connections").properties())
                .allSatisfy(entry -> assertThat(nodes).contains(entry.getKey()));
        assertThat(workflow.path("id").asText()).as("n8n's import needs one").hasSize(16);
    }

    /** A node that goes on after an error has an output for that, and something at its end. */
    @ParameterizedTest
    @ValueSource(strings = {"image-upgrades.json", "run-agent-and-wait.json"})
    void nothingGetsLostAtAnOutput(String name) throws IOException {
        JsonNode workflow = workflow(name);
        workflow.path("nodes").forEach(node -> {
            boolean twoOutputs = node.path("onError").asText().equals("continueErrorOutput")
                    || node.path("type").asText().equals("n8n-nodes-base.if");
            JsonNode outputs = workflow.path("connections")
                    .path(node.path("name").asText())
                    .path("main");
            if (twoOutputs) {
                assertThat(outputs).as("%s", node.path("name")).hasSize(2).allMatch(output -> output.size() == 1);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"image-upgrades.json", "run-agent-and-wait.json"})
    void noSecretIsInIt(String name) throws IOException {
        String text = Files.readString(FOLDER.resolve(name));

        assertThat(text).doesNotContain("credentials", "\"pinData\": {\"");
        List<String> authorizations = new ArrayList<>();
        workflow(name)
                .path("nodes")
                .forEach(node -> node.at("/parameters/headerParameters/parameters")
                        .forEach(header -> {
                            if (header.path("name").asText().equals("Authorization")) {
                                authorizations.add(header.path("value").asText());
                            }
                        }));
        assertThat(authorizations).hasSize(2).containsOnly("=Bearer {{ $env.CLAUDE_AGENT_API_TOKEN }}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"image-upgrades.json", "run-agent-and-wait.json"})
    void everyExpressionIsOne(String name) throws Exception {
        JsonNode evaluated = evaluated(name, List.of());

        assertThat(evaluated.path("broken")).isEmpty();
        assertThat(evaluated.path("expressions").asInt()).isGreaterThan(8);
    }

    private static Map<String, String> update(String image) {
        return Map.of("status", "update", "image", image, "digest", "sha256:0123", "provider", "docker");
    }

    @Test
    void onlyWhatIsWorthAnUpgradeIsHandedIn() throws Exception {
        List<Map<String, String>> kept = List.of(
                update("docker.io/gitea/gitea:1.24.2"),
                update("gitea/gitea:1.24.2"),
                update("ghcr.io/immich-app/immich-server:v2.0.1"),
                update("vaultwarden/server:1.34.3"),
                update("nginx:1.29@sha256:0123"));
        List<Map<String, String>> dropped = List.of(
                Map.of("status", "new", "image", "gitea/gitea:1.24.2"),
                update("gitea/gitea:latest"),
                update("gitea/gitea"),
                update("docker.io/library/postgres:16.4"),
                update("ghcr.io/cloudnative-pg/postgresql:16.4"),
                update("tensorchord/pgvecto-rs-postgres:16"),
                update("bitnami/redis:7.4"),
                update("hashicorp/vault:1.20"),
                update("ghcr.io/somebody/app:1.0"),
                update("registry.home.example/app:1.0"),
                update("registry.k8s.io/ingress-nginx/controller:v1.12"),
                update("quay.io/calico/node:v3.30"),
                Map.of("status", "update"));

        JsonNode outcomes = evaluated("image-upgrades.json", kept).path("outcomes");

        assertThat(outcomes)
                .hasSize(kept.size())
                .allMatch(outcome -> outcome.path("kept").asBoolean());
        assertThat(evaluated("image-upgrades.json", dropped).path("outcomes"))
                .hasSize(dropped.size())
                .noneMatch(outcome -> outcome.path("kept").asBoolean());
        JsonNode first = outcomes.get(0);
        assertThat(first.path("url").asText()).isEqualTo("http://agents:8080/execute");
        assertThat(first.path("authorization").asText()).isEqualTo("Bearer the-token");
        assertThat(first.at("/request/agent").asText()).isEqualTo("service-upgrade");
        assertThat(first.at("/request/max_budget_usd").asInt()).isEqualTo(10);
        assertThat(first.at("/request/timeout_seconds").asInt()).isEqualTo(1800);
        assertThat(first.at("/request/prompt").asText()).contains("\"tag\":\"1.24.2\"");
        assertThat(first.path("key").asText()).isEqualTo("diun sha256:0123%20docker.io/gitea/gitea:1.24.2");
    }

    @Test
    void aHostileImageStaysAnImage() throws Exception {
        for (String title : Hostile.texts()) {
            String image = title + ":1.0";

            JsonNode outcome = evaluated("image-upgrades.json", List.of(update(image)))
                    .path("outcomes")
                    .get(0);

            String prompt = outcome.at("/request/prompt").asText();
            JsonNode told = JSON.readTree(prompt.substring(prompt.indexOf('{')));
            assertThat(told.path("image").asText()).isEqualTo(image);
            assertThat(outcome.at("/request/metadata/image").asText()).hasSizeLessThanOrEqualTo(500);
            assertThat(outcome.path("key").asText()).matches("[\\x20-\\x7e]{1,255}");
        }
    }

    @Test
    void theSubWorkflowPassesOnWhatItIsGiven() throws Exception {
        Map<String, Object> call = Map.of(
                "agent",
                "sev-triage",
                "prompt",
                "it's \"down\"\n{{ $env.X }}",
                "metadata",
                Map.of("ticket", 7),
                "key",
                "k");

        JsonNode outcome = evaluated("run-agent-and-wait.json", List.of(call))
                .path("outcomes")
                .get(0);

        ObjectNode expected = JSON.valueToTree(call);
        expected.remove("key");
        assertThat(outcome.path("request")).isEqualTo(expected);
        assertThat(outcome.path("key").asText()).isEqualTo("n8n k");
    }
}
