package io.agentservice.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.agentservice.secrets.SecretUnavailableException.Why;
import io.agentservice.testing.HandClock;
import io.agentservice.testing.StandInVault;
import io.quarkus.vault.client.VaultClient;
import io.quarkus.vault.client.auth.VaultKubernetesAuthOptions;
import io.quarkus.vault.client.http.jdk.JDKVaultHttpClient;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the stand-in, or against the Vault or OpenBao that VAULT_ADDR and VAULT_TOKEN name. */
class VaultTest {

    private static final Duration TIMEOUT = Duration.ofMillis(1500);
    private static StandInVault server;

    @TempDir
    Path folder;

    private final String path = "test/" + UUID.randomUUID();
    private final KnownSecrets known = new KnownSecrets();
    private final HandClock clock = new HandClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final SecretsConfig config = SecretsSettings.secrets(Map.of());

    @BeforeAll
    static void start() throws IOException {
        server = StandInVault.startOrReal();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void tidyUp() {
        if (!server.isReal()) {
            server.unseal();
            server.slow(0);
            server.fail(0);
        }
        server.remove(path);
    }

    private static VaultClient.Builder client() {
        return VaultClient.builder()
                .baseUrl(server.base().toString())
                .executor(new JDKVaultHttpClient(HttpClient.newHttpClient()));
    }

    private Vault vault() {
        return vault(client().clientToken(server.token("10m", path)).build());
    }

    private static Vault vault(VaultClient client) {
        return new Vault(Optional.of(client), TIMEOUT);
    }

    private SecretReader reader(Vault vault) {
        return new SecretReader(vault, known, config, clock);
    }

    private SecretRef field(String name) {
        return new SecretRef("secret", path, name);
    }

    private static Why whyNot(SecretReader reader, SecretRef ref) {
        return catchThrowableOfType(SecretUnavailableException.class, () -> reader.read(ref, "X"))
                .why();
    }

    @Test
    void aFieldIsReadAndKeptOutOfOutputsFromThenOn() {
        server.put(path, Map.of("token", "the-value-1234", "other", "x"));

        assertThat(reader(vault()).read(field("token"), "CI_TOKEN")).isEqualTo("the-value-1234");

        assertThat(new Redactor(known).text("so: the-value-1234")).isEqualTo("so: [redacted:CI_TOKEN]");
    }

    @Test
    void whatIsNotThereIsMissing() {
        server.put(path, Map.of("token", "the-value-1234"));
        SecretReader reader =
                reader(vault(client().clientToken(server.rootToken()).build()));
        assertThat(whyNot(reader, field("nothing"))).isEqualTo(Why.MISSING);
        assertThat(whyNot(reader, new SecretRef("secret", path + "-no", "token")))
                .isEqualTo(Why.MISSING);
    }

    @Test
    void whatItsPolicyDoesNotAllowIsDenied() {
        server.put(path, Map.of("token", "the-value-1234"));
        Vault stranger =
                vault(client().clientToken(server.token("10m", "another")).build());
        assertThat(whyNot(reader(stranger), field("token"))).isEqualTo(Why.DENIED);
        Vault unknown = vault(client().clientToken("hvs.nobody").build());
        assertThat(whyNot(reader(unknown), field("token"))).isEqualTo(Why.DENIED);
    }

    @Test
    void aNewVersionIsSeenWhenTheOldOneIsNotNewAnyMore() {
        server.put(path, Map.of("token", "the-value-1234"));
        SecretReader reader = reader(vault());
        reader.read(field("token"), "T");
        server.put(path, Map.of("token", "the-value-5678"));

        assertThat(reader.read(field("token"), "T")).isEqualTo("the-value-1234");
        clock.advance(Duration.ofSeconds(31));
        assertThat(reader.read(field("token"), "T")).isEqualTo("the-value-5678");
    }

    @Test
    void aTokenThatHasLittleTimeLeftIsRenewed() {
        server.put(path, Map.of("token", "the-value-1234"));
        Vault vault = vault(client().clientToken(server.token("4s", path)).build());
        Instant end = Instant.now().plusSeconds(5);

        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    vault.renewToken().await().atMost(TIMEOUT);
                    return Instant.now().isAfter(end);
                });

        assertThat(reader(vault).read(field("token"), "T")).isEqualTo("the-value-1234");
    }

    @Test
    void aTokenInAFileIsReadAtEachUse() throws IOException {
        server.put(path, Map.of("token", "the-value-1234"));
        Path file = folder.resolve("token");
        SecretReader reader = reader(vault(Vault.withTokenOf(file, client().build())));
        String first = server.token("10m", path);
        Files.writeString(file, first + "\n");
        reader.read(field("token"), "T");
        server.revoke(first);
        clock.advance(Duration.ofSeconds(31));
        assertThat(whyNot(reader, field("token"))).isEqualTo(Why.DENIED);

        Files.writeString(file, server.token("10m", path));

        assertThat(reader.read(field("token"), "T")).isEqualTo("the-value-1234");
    }

    @Test
    void whileItIsSealedWhatItSaidLastCountsForATime() {
        server.put(path, Map.of("token", "the-value-1234"));
        SecretReader reader = reader(vault());
        reader.read(field("token"), "T");
        server.seal();
        clock.advance(Duration.ofMinutes(14));

        assertThat(reader.read(field("token"), "T")).isEqualTo("the-value-1234");
        assertThat(reader.trouble()).hasValueSatisfying(why -> assertThat(why).hasMessageContaining("sealed"));

        clock.advance(Duration.ofMinutes(2));
        assertThat(whyNot(reader, field("token"))).isEqualTo(Why.SEALED);
        server.unseal();
        clock.advance(Duration.ofSeconds(1));
        assertThat(reader.read(field("token"), "T")).isEqualTo("the-value-1234");
        assertThat(reader.trouble()).isEmpty();
    }

    @Test
    void aSlowOneIsNotWaitedForLong() {
        server.put(path, Map.of("token", "the-value-1234"));
        SecretReader reader = reader(vault());
        server.slow(4000);
        assertThat(whyNot(reader, field("token"))).isEqualTo(Why.SLOW);
    }

    @Test
    void oneThatIsNotThereIsUnreachable() {
        Vault gone = vault(VaultClient.builder()
                .baseUrl("http://127.0.0.1:9")
                .executor(new JDKVaultHttpClient(HttpClient.newHttpClient()))
                .clientToken("x")
                .build());
        assertThat(whyNot(reader(gone), field("token"))).isEqualTo(Why.UNREACHABLE);
    }

    @Test
    void whereNoneIsConfiguredThatIsTheReason() {
        SecretReader reader = reader(new Vault(Optional.empty(), TIMEOUT));
        assertThat(whyNot(reader, field("token"))).isEqualTo(Why.NOT_CONFIGURED);
        assertThat(reader.isConfigured()).isFalse();
    }

    @Test
    void aServiceAccountLogsInAndLogsInAgainWhenItsTokenIsRevoked() throws IOException {
        server.put(path, Map.of("token", "the-value-1234"));
        server.knowJwt("j.w.t", "agents", 3600);
        Path jwt = Files.writeString(folder.resolve("jwt"), "j.w.t");
        SecretReader reader = reader(vault(withRole("agents", jwt)));
        assertThat(reader.read(field("token"), "T")).isEqualTo("the-value-1234");

        server.revokeAll();
        clock.advance(Duration.ofSeconds(31));

        assertThat(reader.read(field("token"), "T")).isEqualTo("the-value-1234");
    }

    @Test
    void aLoginThatIsNotGrantedIsDenied() throws IOException {
        server.knowJwt("j.w.t", "agents", 3600);
        Path jwt = Files.writeString(folder.resolve("jwt"), "j.w.t");
        assertThat(whyNot(reader(vault(withRole("strangers", jwt))), field("token")))
                .isEqualTo(Why.DENIED);
        Files.writeString(jwt, "forged");
        assertThat(whyNot(reader(vault(withRole("agents", jwt))), field("token")))
                .isEqualTo(Why.DENIED);
    }

    private static VaultClient withRole(String role, Path jwt) {
        return client().kubernetes(VaultKubernetesAuthOptions.builder()
                        .role(role)
                        .jwtTokenPath(jwt)
                        .build())
                .build();
    }
}
