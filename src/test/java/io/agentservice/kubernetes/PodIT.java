package io.agentservice.kubernetes;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.StandInApi;
import io.agentservice.testing.StandInVault;
import io.agentservice.testing.TlsFront;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service with the settings, files and confinement of an overlay's pod. */
@Tag("full")
class PodIT {

    private static final String CREDENTIAL = "sk-ant-api03-of-the-pod";

    private StandInApi api;

    @TempDir
    Path folder;

    @TempDir
    Path tls;

    @BeforeEach
    void start() throws IOException {
        api = StandInApi.start();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private PodInRunc pod(String overlay) throws IOException {
        return pod(Manifests.ofOverlay(overlay));
    }

    private PodInRunc pod(Manifests manifests) throws IOException {
        var pod = new PodInRunc(manifests, folder);
        for (String volume : List.of("data", "tmp", "home")) {
            pod.volume(volume);
        }
        Path agents = Files.createDirectories(pod.volume("workspace").resolve(".claude/agents"));
        Files.writeString(
                agents.resolve("helper.md"), "---\nname: helper\ndescription: Helps.\ntools: Bash\n---\nHelp.\n");
        Map<String, String> policies = new HashMap<>();
        manifests
                .the("ConfigMap")
                .path("data")
                .properties()
                .forEach(file -> policies.put(file.getKey(), file.getValue().asText()));
        pod.files("agents", policies);
        pod.files("secrets", secret(ServiceUnderTest.TOKEN));
        pod.image(Path.of("target/quarkus-app"), "/app");
        pod.image(Path.of(System.getProperty("java.home")), "/opt/java");
        pod.image(Path.of(".cli/2.1.330/claude").toRealPath().getParent(), "/opt/claude");
        return pod;
    }

    private static Map<String, String> secret(String token) {
        return Map.of("API_BEARER_TOKEN", token, "ANTHROPIC_API_KEY", CREDENTIAL, "CLAUDE_CODE_OAUTH_TOKEN", "");
    }

    private void run(PodInRunc pod) throws IOException {
        pod.start(
                Map.of(
                        "PATH", "/usr/local/bin:/usr/bin:/bin",
                        "HOME", "/home/agent",
                        "CLAUDE_BIN", "/opt/claude/claude",
                        "QUARKUS_HTTP_PORT", "0",
                        "ANTHROPIC_BASE_URL", api.base().toString()),
                List.of(
                        "/opt/java/bin/java",
                        "-Xmx256m",
                        "-Djava.io.tmpdir=/tmp",
                        "-Dorg.sqlite.tmpdir=/tmp",
                        "-jar",
                        "/app/quarkus-run.jar"));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> given().get("/q/health/ready").statusCode() == 200);
    }

    private static String check(String name, String field) {
        return given().get("/q/health/ready")
                .jsonPath()
                .getString("checks.find { it.name == '%s' }.data.%s".formatted(name, field));
    }

    private static String seenBy(String command) {
        String prompt = "Run it. <<fake [{\"tool\":\"Bash\",\"input\":{\"command\":\"%s\"}},{\"text\":\"done\"}]>>"
                .formatted(command);
        String id = Jobs.submit("helper", prompt);
        JsonPath job = Jobs.awaitFinal(id);
        assertThat(job.getString("status")).as(job.prettify()).isEqualTo("completed");
        return Jobs.events(id).stream()
                .filter(event -> event.is("tool_result"))
                .findFirst()
                .orElseThrow()
                .json()
                .getString("content");
    }

    @Test
    void aSandboxedPodGivesEachJobNamespacesOfItsOwn() throws Exception {
        try (PodInRunc pod = pod("sandboxed")) {
            run(pod);

            assertThat(check("sandbox", "best")).isEqualTo("bubblewrap");
            assertThat(check("credentials", "state")).isEqualTo("ok");
            String seen = seenBy(
                    "id -u; cat /etc/claude-agent-secrets/*; ls -A /data; ls -d /proc/[0-9]* | wc -l;"
                            + " cat /proc/*/environ | tr '\\\\0' '\\\\n' | grep -c ^API_BEARER_TOKEN; touch /etc/x /workspace/x; ls /workspace");
            assertThat(seen)
                    .contains("/etc/claude-agent-secrets/*': No such file", "Read-only file system")
                    .doesNotContain(ServiceUnderTest.TOKEN, CREDENTIAL, "agent-service.db");
            assertThat(seen.lines()).startsWith("1000").contains("0", "x");

            assertThat(pod.stop()).isTrue();
        }
    }

    @Test
    void aPodOfTheLevelRestrictedWorksWithoutNamespacesAndSaysSo() throws Exception {
        try (PodInRunc pod = pod("single")) {
            run(pod);

            assertThat(check("sandbox", "best")).isEqualTo("none");
            assertThat(seenBy("id -u; cat /proc/self/status | grep NoNewPrivs"))
                    .contains("1000")
                    .contains("NoNewPrivs:\t1");
        }
    }

    @Test
    void aSecretThatChangesIsReadAgainWithoutARestart() throws Exception {
        try (PodInRunc pod = pod("single")) {
            run(pod);
            assertThat(statusWith("another-token")).isEqualTo(401);

            pod.files("secrets", secret("another-token"));

            await().atMost(Duration.ofSeconds(20)).until(() -> statusWith("another-token") == 200);
        }
    }

    @Test
    void aPodGetsItsSecretsFromVaultWithATokenThatIsReplaced() throws Exception {
        Manifests manifests = Manifests.ofOverlay("vault");
        try (StandInVault vault = StandInVault.start();
                TlsFront front = TlsFront.before(vault.base(), tls);
                PodInRunc pod = pod(manifests)) {
            vault.knowJwt("of-the-first-hour", "claude-agent-service", 3600);
            vault.put(
                    "claude-agent-service",
                    Map.of("api_bearer_token", ServiceUnderTest.TOKEN, "anthropic_api_key", CREDENTIAL));
            manifests.setVariable("VAULT_ADDR", front.base().toString());
            manifests.setVariable("AGENT_SERVICE_SECRETS_VAULT_REFRESH_EVERY", "2s");
            pod.files("vault-ca", Map.of("ca.crt", Files.readString(front.authority())));
            pod.files("vault-token", Map.of("token", "of-the-first-hour"));
            run(pod);
            await().atMost(Duration.ofSeconds(30)).until(() -> statusWith(ServiceUnderTest.TOKEN) == 200);

            vault.revokeAll();
            vault.knowJwt("of-the-second-hour", "claude-agent-service", 3600);
            vault.put(
                    "claude-agent-service",
                    Map.of("api_bearer_token", "another-token", "anthropic_api_key", CREDENTIAL));
            pod.files("vault-token", Map.of("token", "of-the-second-hour"));

            await().atMost(Duration.ofSeconds(30)).until(() -> statusWith("another-token") == 200);
            assertThat(check("credentials", "vault")).isEqualTo("ok");
        }
    }

    private static int statusWith(String token) {
        return given().header("Authorization", "Bearer " + token).get("/jobs").statusCode();
    }
}
