package io.agentservice.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CredentialHealthCheckTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final List<CredentialState> POOL = List.of(
            new CredentialState("first", Optional.of(NOW.plusSeconds(100)), Optional.empty()),
            new CredentialState("second", Optional.empty(), Optional.of(NOW.plusSeconds(60))),
            new CredentialState("third", Optional.of(NOW.plusSeconds(1_000_000)), Optional.of(NOW.minusSeconds(1))));

    @Test
    void eachIsToldOfAndHowItStands() {
        Map<String, Object> told =
                new CredentialHealthCheck(() -> POOL, CLOCK).call().getData().orElseThrow();

        assertThat(told)
                .containsEntry("present", 3L)
                .containsEntry("usable", 2L)
                .containsEntry("first", "expiring")
                .containsEntry("first_expires", "2026-11-24T10:01:40Z")
                .containsEntry("second", "set_aside")
                .containsEntry("second_set_aside_until", "2026-11-24T10:01:00Z")
                .containsEntry("third", "usable")
                .doesNotContainKey("third_set_aside_until");
    }

    @Test
    void metricsCountThemAsTheyStandNow() {
        var registry = new SimpleMeterRegistry();

        var metrics = new CredentialMetrics(() -> POOL, CLOCK, registry);

        for (String state : List.of("usable", "expiring", "set_aside")) {
            assertThat(registry.get("claude_agent_credentials")
                            .tag("state", state)
                            .gauge()
                            .value())
                    .as(state)
                    .isEqualTo(1);
        }
        assertThat(registry.get("claude_agent_credential_expiry_timestamp")
                        .gauge()
                        .value())
                .isEqualTo(NOW.plusSeconds(100).getEpochSecond());
        assertThat(metrics).isNotNull();
    }

    @Test
    void thoseOfTheConfigurationArePresentOrNot() {
        assertThat(new ConfiguredCredentials(Optional.of("key"), Optional.of(" ")).all())
                .extracting(CredentialState::name)
                .containsExactly("ANTHROPIC_API_KEY");
        assertThat(new ConfiguredCredentials(Optional.empty(), Optional.of("token")).all())
                .extracting(CredentialState::name)
                .containsExactly("CLAUDE_CODE_OAUTH_TOKEN");
    }
}
