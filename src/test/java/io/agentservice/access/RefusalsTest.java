package io.agentservice.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.access.Refusals.Refused;
import io.agentservice.testing.HandClock;
import io.agentservice.testing.LogCapture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever knocks, and how often. */
class RefusalsTest {

    private static final int MAX = 30;

    private final HandClock clock = new HandClock(Instant.parse("2026-11-24T10:00:00Z"));
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AccessConfig config = new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(AccessConfig.class)
            .build()
            .getConfigMapping(AccessConfig.class);
    private final Refusals refusals = new Refusals(clock, config, meters);
    private final LogCapture log = LogCapture.of(Refusals.class.getName());

    @AfterEach
    void closeLog() {
        log.close();
    }

    private boolean isThrottled(String address) {
        return refusals.add(new Refused(address, "-", RefusalReason.UNKNOWN_TOKEN))
                .isPresent();
    }

    private void exhaust(String address) {
        for (int i = 0; i < MAX; i++) {
            assertThat(isThrottled(address)).as("%d of %s", i, address).isFalse();
        }
    }

    @Test
    void anAddressIsThrottledForTheRestOfItsMinuteAndNoOtherOne() {
        exhaust("192.0.2.1");
        clock.advance(Duration.ofSeconds(20));

        assertThat(refusals.add(new Refused("192.0.2.1", "-", RefusalReason.NO_TOKEN)))
                .contains(Duration.ofSeconds(40));
        assertThat(isThrottled("192.0.2.2")).isFalse();
        clock.advance(Duration.ofSeconds(40));
        assertThat(isThrottled("192.0.2.1")).isFalse();
    }

    @Test
    void allAddressesThatOneHostOfIpv6MayChooseFromAreOne() {
        for (int i = 0; i < MAX; i++) {
            assertThat(isThrottled("2001:db8:0:1::%x".formatted(i + 1))).isFalse();
        }

        assertThat(isThrottled("2001:db8:0:1:ffff:ffff:ffff:ffff")).isTrue();
        assertThat(isThrottled("2001:db8:0:2::1")).isFalse();
        assertThat(isThrottled("2001:db8::1")).isFalse();
    }

    @Test
    void aGoodTokenThatMayNotDoSomethingIsNotAGuess() {
        for (int i = 0; i < 10 * MAX; i++) {
            assertThat(refusals.add(new Refused("192.0.2.1", "ci", RefusalReason.FORBIDDEN)))
                    .isEmpty();
        }
        assertThat(isThrottled("192.0.2.1")).isFalse();
    }

    @Test
    void whatIsRememberedOfManyAddressesHasABound() {
        for (int i = 0; i < 50_000; i++) {
            isThrottled("10.%d.%d.%d".formatted(i >> 16, i >> 8 & 255, i & 255));
        }

        assertThat(refusals.addresses()).isBetween(1L, 10_000L);
        assertThat(refusals.takeUnreported()).hasSize(17);
        assertThat(meters.get("claude_agent_access_refusals")
                        .tag("reason", "unknown_token")
                        .counter()
                        .count())
                .isEqualTo(50_000);
    }

    @Test
    void howeverManyAreRefusedTheLogHasOneLineOfEachReasonInFiveSeconds() {
        for (int i = 0; i < 10_000; i++) {
            isThrottled("10.0.%d.%d".formatted(i >> 8, i & 255));
            refusals.add(new Refused("192.0.2.1", "ci", RefusalReason.FORBIDDEN));
        }
        assertThat(log.lines())
                .containsExactlyInAnyOrder(
                        "a request was refused reason=unknown_token who=- address=10.0.0.0 before=0",
                        "a request was refused reason=forbidden who=ci address=192.0.2.1 before=0");

        clock.advance(Duration.ofSeconds(5));
        isThrottled("192.0.2.9");
        assertThat(log.lines())
                .hasSize(3)
                .contains("a request was refused reason=unknown_token who=- address=192.0.2.9 before=9999");
        refusals.takeUnreported();
        assertThat(log.lines()).hasSize(4).contains("requests were refused reason=forbidden count=9999");
    }

    @Test
    void whoIsThrottledTakesNobodysLine() {
        exhaust("192.0.2.1");
        clock.advance(Duration.ofSeconds(6));

        assertThat(isThrottled("192.0.2.1")).isTrue();
        isThrottled("192.0.2.2");

        assertThat(log.lines())
                .hasSize(2)
                .contains("a request was refused reason=unknown_token who=- address=192.0.2.2 before=30");
    }
}
