package io.agentservice.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.job.FailureReason;
import io.agentservice.secrets.ClaudeCredentials.Choice;
import io.agentservice.secrets.ClaudeCredentials.State;
import io.agentservice.testing.HandClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaudeCredentialsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String PREFIX = "agent-service.agent.credentials";

    @TempDir
    Path folder;

    private final HandClock clock = new HandClock(NOW);
    private final SecretsConfig config = SecretsSettings.secrets(Map.of());
    private final KnownSecrets known = new KnownSecrets();

    private ClaudeCredentials of(Map<String, String> properties) {
        var reader = new SecretReader(new Vault(Optional.empty(), Duration.ofSeconds(1)), known, config, clock);
        return new ClaudeCredentials(SecretsSettings.claude(properties), config, reader, known, clock);
    }

    private ClaudeCredentials two() {
        return of(Map.of(
                PREFIX + "[0].name", "work",
                PREFIX + "[0].oauth-token", "work-token-1234",
                PREFIX + "[1].name", "spare",
                PREFIX + "[1].api-key", "spare-key-1234"));
    }

    private static ClaudeCredential used(ClaudeCredentials credentials) {
        return ((Choice.Use) credentials.choose()).credential();
    }

    @Test
    void theFirstIsUsed() {
        assertThat(used(two())).isEqualTo(new ClaudeCredential("work", "CLAUDE_CODE_OAUTH_TOKEN", "work-token-1234"));
    }

    @Test
    void aKeyThatIsConfiguredAloneIsUsedAsEver() {
        assertThat(used(of(Map.of("agent-service.agent.api-key", "key-12345678")))
                        .variable())
                .isEqualTo("ANTHROPIC_API_KEY");
    }

    @Test
    void withoutAnyThereIsNone() {
        assertThat(of(Map.of()).choose()).isEqualTo(new Choice.None());
    }

    @Test
    void oneThatIsSetAsideLetsTheNextBeUsedUntilItsReset() {
        ClaudeCredentials credentials = two();
        credentials.setAside(used(credentials), FailureReason.USAGE_LIMIT, Optional.of(NOW.plusSeconds(60)));

        assertThat(used(credentials).name()).isEqualTo("spare");
        assertThat(credentials.states()).containsEntry("work", State.LIMITED).containsEntry("spare", State.AVAILABLE);

        clock.advance(Duration.ofSeconds(60));
        assertThat(used(credentials).name()).isEqualTo("work");
    }

    @Test
    void whenAllAreSetAsideTheSoonestSaysUntilWhen() {
        ClaudeCredentials credentials = two();
        credentials.setAside(used(credentials), FailureReason.USAGE_LIMIT, Optional.of(NOW.plusSeconds(3600)));
        credentials.setAside(used(credentials), FailureReason.AUTHENTICATION, Optional.empty());

        assertThat(credentials.choose())
                .isEqualTo(new Choice.Later(NOW.plus(Duration.ofMinutes(5)), FailureReason.AUTHENTICATION));
    }

    @Test
    void aNewValueIsGoodAgain() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "first-token-1234\n");
        ClaudeCredentials credentials = of(Map.of("agent-service.agent.oauth-token-file", file.toString()));
        credentials.setAside(used(credentials), FailureReason.AUTHENTICATION, Optional.empty());
        assertThat(credentials.choose()).isInstanceOf(Choice.Later.class);

        Files.writeString(file, "second-token-1234\n");

        assertThat(used(credentials).value()).isEqualTo("second-token-1234");
        assertThat(new Redactor(known).text("first-token-1234 second-token-1234"))
                .isEqualTo("[redacted:oauth-file] [redacted:oauth-file]");
    }

    @Test
    void metricsCountThemAsTheyStandNow() {
        ClaudeCredentials credentials = of(Map.of(
                PREFIX + "[0].name", "work",
                PREFIX + "[0].oauth-token", "work-token-1234",
                PREFIX + "[0].expires-at", "2026-01-01T12:00:00Z",
                PREFIX + "[1].name", "spare",
                PREFIX + "[1].api-key", "spare-key-1234",
                PREFIX + "[2].name", "lost",
                PREFIX + "[2].api-key-file", folder.resolve("none").toString()));
        var registry = new SimpleMeterRegistry();
        var vault = new Vault(Optional.empty(), Duration.ofSeconds(1));
        new CredentialMetrics(credentials, new SecretReader(vault, known, config, clock), clock, registry).register();

        assertThat(count(registry, "expiring")).isEqualTo(1);
        assertThat(registry.get("claude_agent_credential_expiry_timestamp")
                        .gauge()
                        .value())
                .isEqualTo(NOW.plus(Duration.ofHours(12)).getEpochSecond());

        credentials.setAside(used(credentials), FailureReason.USAGE_LIMIT, Optional.of(NOW.plusSeconds(60)));
        credentials.setAside(used(credentials), FailureReason.USAGE_LIMIT, Optional.of(NOW.plusSeconds(60)));
        assertThat(credentials.choose()).isInstanceOf(Choice.Later.class);
        assertThat(count(registry, "set_aside")).isEqualTo(2);
        assertThat(count(registry, "usable")).isZero();

        clock.advance(Duration.ofSeconds(60));
        assertThat(count(registry, "usable")).isEqualTo(1);
    }

    private static double count(SimpleMeterRegistry registry, String state) {
        return registry.get("claude_agent_credentials")
                .tag("state", state)
                .gauge()
                .value();
    }

    @Test
    void oneThatCannotBeReadIsPassedOver() {
        ClaudeCredentials credentials = of(Map.of(
                PREFIX + "[0].name", "work",
                PREFIX + "[0].oauth-token-file", folder.resolve("none").toString(),
                PREFIX + "[1].name", "vault",
                PREFIX + "[1].api-key-vault", "secret/claude#key",
                PREFIX + "[2].name", "spare",
                PREFIX + "[2].api-key", "spare-key-1234"));

        assertThat(used(credentials).name()).isEqualTo("spare");
        assertThat(credentials.states())
                .containsEntry("work", State.UNREADABLE)
                .containsEntry("vault", State.UNREADABLE);
    }

    @Test
    void whereNoneCanBeReadTheReasonIsSaid() {
        ClaudeCredentials credentials = of(Map.of(
                PREFIX + "[0].name", "vault",
                PREFIX + "[0].api-key-vault", "secret/claude#key"));
        assertThatThrownBy(credentials::choose)
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("secret/claude")
                .hasMessageContaining("not configured");
    }

    @Test
    void oneThatIsSaidTwiceIsAMistake() {
        assertThatThrownBy(() -> of(Map.of(
                        PREFIX + "[0].name", "work",
                        PREFIX + "[0].api-key", "key-12345678",
                        PREFIX + "[0].oauth-token", "token-12345678")))
                .hasMessageContaining("'work' must have exactly one of");
    }

    @Test
    void itsValueIsNotPrinted() {
        assertThat(used(two())).hasToString("ClaudeCredential[work]");
    }
}
