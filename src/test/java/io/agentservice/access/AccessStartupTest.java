package io.agentservice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.testing.HandClock;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The door is not opened to the world as long as nobody has a key. RefusedStartIT sees the process end. */
class AccessStartupTest {

    private static final String PREFIX = "agent-service.access.";

    private static void start(String host, Map<String, String> settings) {
        var builder = new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(AccessConfig.class);
        settings.forEach((name, value) -> builder.withDefaultValue(PREFIX + name, value));
        AccessConfig config = builder.build().getConfigMapping(AccessConfig.class);
        Clock clock = new HandClock(Instant.parse("2026-11-24T10:00:00Z"));
        var book = new TokenBook(clock, config);
        // Keys are asked for when a token comes.
        var accounts = new ServiceAccounts(config, new IssuerKeys(config, null, clock), clock);
        new AccessStartup(List.of(new ConfiguredTokens(config, new SimpleToken(config))), book, accounts, host)
                .start(null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "0:0:0:0:0:0:0:0", "192.0.2.1", "2001:db8::1", "no-such-host.invalid"})
    void nobodyListensForTheWorldWithoutAnyToken(String host) {
        assertThatThrownBy(() -> start(host, Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("listen on " + host, "API_BEARER_TOKEN", "127.0.0.1", "docs/security.md");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
    void onThisMachineItMayWaitForItsTokens(String host) {
        assertThatCode(() -> start(host, Map.of())).doesNotThrowAnyException();
    }

    @Test
    void withAnyWayInItMayListenToAll() {
        for (Map<String, String> way : List.of(
                Map.of("tokens.ci.values", "a-long-value", "tokens.ci.roles", "read"),
                Map.of("service-accounts.issuer", "https://issuer"))) {
            assertThatCode(() -> start("0.0.0.0", way)).as(way.toString()).doesNotThrowAnyException();
        }
    }

    @Test
    void aTokenThatCannotBeOneIsAnErrorAtStartThatDoesNotRepeatIt() {
        assertThatThrownBy(
                        () -> start("127.0.0.1", Map.of("tokens.ci.values", "sha256:hush", "tokens.ci.roles", "read")))
                .isInstanceOf(ConfigurationException.class)
                .satisfies(
                        e -> assertThat(e.getMessage()).doesNotContain("hush").contains("ci"));
    }
}
