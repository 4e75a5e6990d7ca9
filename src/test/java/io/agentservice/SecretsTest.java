package io.agentservice;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.testing.Given;
import io.agentservice.testing.Jobs;
import io.agentservice.testing.Metrics;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.ServiceWithVault;
import io.agentservice.testing.SseEvent;
import io.agentservice.testing.SseReader;
import io.agentservice.testing.StandInVault;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The service with secrets of Vault and several credentials. */
@QuarkusTest
@WithTestResource(ServiceWithVault.class)
class SecretsTest {

    private static final String SECRET = ServiceWithVault.SECRET;

    @Given("agent-service.workspace.jobs-directory")
    Path jobsDirectory;

    private final StandInVault vault = ServiceWithVault.vault();

    /** What would give it away: all of it but the ends, which some forms share with what stands around them. */
    private static List<String> traces() {
        byte[] bytes = SECRET.getBytes(StandardCharsets.UTF_8);
        return List.of(
                SECRET.substring(3, 15),
                new StringBuilder(SECRET).reverse().substring(3, 15),
                Base64.getEncoder().encodeToString(bytes).substring(4, 16),
                Base64.getEncoder()
                        .encodeToString(("x" + SECRET).getBytes(StandardCharsets.UTF_8))
                        .substring(4, 16),
                Base64.getEncoder()
                        .encodeToString(("xy" + SECRET).getBytes(StandardCharsets.UTF_8))
                        .substring(4, 16),
                HexFormat.of().formatHex(bytes).substring(8, 30),
                "A1b2C3d4E5A1b2C3d4E5");
    }

    @Test
    void nothingThatAnAgentShowsOfItsSecretIsKeptOrShown() throws IOException {
        String id = Jobs.submit("stub-leaks", "go");
        String shown;
        try (SseReader stream = Jobs.follow(id, "?deltas=true", Optional.empty())) {
            shown = stream.toEnd().stream()
                    .map(event -> event.json().prettify())
                    .collect(Collectors.joining());
        }
        JsonPath job = Jobs.get(id);

        assertThat(job.getString("status")).isEqualTo("completed");
        String log = Jobs.authorized().get("/jobs/" + id + "/log").asString();
        for (String trace : traces()) {
            assertThat(shown).as("the stream, " + trace).doesNotContain(trace);
            assertThat(job.prettify()).as("the job, " + trace).doesNotContain(trace);
            assertThat(log).as("the log, " + trace).doesNotContain(trace);
            assertThat(stored()).as("the store, " + trace).doesNotContain(trace);
        }
        assertThat(job.getString("result"))
                .contains("plain=[redacted:GITHUB_TOKEN]", "reversed=[redacted:GITHUB_TOKEN]");
        assertThat(job.getString("stderr")).contains("[redacted:GITHUB_TOKEN]");
        assertThat(shown).contains("found [redacted:github-token]");
        assertThat(attached(id)).containsEntry("secrets", "GITHUB_TOKEN");
    }

    private String stored() throws IOException {
        try (Stream<Path> files = Files.list(jobsDirectory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("agent-service.db"))
                    .map(SecretsTest::read)
                    .collect(Collectors.joining());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> attached(String id) {
        return Jobs.authorized()
                .get("/audit?action=secrets_attached&job_id=" + id)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getMap("entries[0].details");
    }

    @Test
    void aRefusedCredentialGivesWayToTheNextAndWhenNoneIsLeftJobsWait() {
        String prompt = "<<fake [{\"status\":401,\"forKey\":\"work-credential\",\"text\":\"with the other\"}]>>";
        long start = System.nanoTime();
        String id = Jobs.submit("issue-responder", prompt);
        JsonPath job = Jobs.awaitFinal(id);

        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
        assertThat(phases(id)).contains("credential_set_aside");
        assertThat(attached(id)).containsEntry("credential", "spare");
        assertThat(health().getString("checks.find { it.name == 'credentials' }.data.'claude.work'"))
                .isEqualTo("refused");
        assertThat(Metrics.scrape().sum("claude_agent_credentials", Map.of("state", "set_aside")))
                .isEqualTo(1);
        assertThat(Metrics.scrape().sum("claude_agent_vault_up", Map.of())).isEqualTo(1);

        String second = Jobs.submit("issue-responder", "<<fake [{\"status\":429,\"retryAfter\":3600}]>>");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Jobs.get(second).getString("queue.waiting_for") != null
                        && "usage_limit".equals(Jobs.get(second).getString("queue.waiting_for")));
        assertThat(health().getString("checks.find { it.name == 'credentials' }.data.state"))
                .isEqualTo("none available");
        Jobs.authorized().post("/jobs/" + second + "/cancel").then().statusCode(202);
    }

    private static List<String> phases(String id) {
        return Jobs.events(id).stream()
                .filter(event -> event.is("status"))
                .map(SseEvent::json)
                .map(json -> json.getString("phase"))
                .toList();
    }

    private static JsonPath health() {
        return given().get("/q/health/ready").then().statusCode(200).extract().jsonPath();
    }

    @Test
    void theTokenOfTheApiComesFromVaultAndIsReplacedThere() {
        vault.put("claude-agent-service", Map.of("api_bearer_token", "a-token-from-vault-1"));
        await().atMost(Duration.ofSeconds(10)).until(() -> status("a-token-from-vault-1") == 200);

        vault.put("claude-agent-service", Map.of("api_bearer_token", "a-token-from-vault-2"));

        await().atMost(Duration.ofSeconds(10)).until(() -> status("a-token-from-vault-2") == 200);
        assertThat(status(ServiceUnderTest.TOKEN)).isEqualTo(200);
        assertThat(status("a-token-from-vault-3")).isEqualTo(401);
    }

    private static int status(String token) {
        return given().header("Authorization", "Bearer " + token).get("/jobs").statusCode();
    }

    @Test
    void aJobWhoseSecretIsNowhereFailsWhereItsPolicySaysSo() {
        JsonPath job = Jobs.run("stub-refused", "go");
        assertThat(job.getString("status")).isEqualTo("failed");
        assertThat(job.getString("reason")).isEqualTo("missing_secret");
        assertThat(job.getString("error")).contains("secret/nowhere");
    }

    @Test
    @Tag("full")
    void aJobWaitsForItsSecretAndTheServiceForVault() {
        vault.seal();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> health().getString("checks.find { it.name == 'credentials' }.data.vault")
                        .contains("sealed"));
        String id = Jobs.submit("stub-leaks-later", "go");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> "secret".equals(Jobs.get(id).getString("queue.waiting_for")));
        vault.unseal();
        vault.put("later", Map.of("token", "came-later-1234567"));

        assertThat(Jobs.awaitFinal(id).getString("status")).isEqualTo("completed");
        assertThat(health().getString("checks.find { it.name == 'credentials' }.data.vault"))
                .isEqualTo("ok");
    }
}
