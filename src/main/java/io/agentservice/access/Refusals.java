package io.agentservice.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts who was not let in. Whoever is refused too often in a minute gets another, shorter answer, and no longer a
 * line of its own: what an attacker makes the service write and remember has a bound. A good token is never refused
 * here, wherever it comes from: others behind the same address must not be able to lock its bearer out.
 */
@Singleton
public final class Refusals {

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MAX_ADDRESSES = 10_000;
    /** Rows of the audit log in one interval. */
    private static final int MAX_ROWS = 16;

    private static final Refused OTHERS = new Refused("others", "-", RefusalReason.UNKNOWN_TOKEN);

    private final Clock clock;
    private final int max;
    private final Map<RefusalReason, Counter> counters = new EnumMap<>(RefusalReason.class);
    private final Counter throttled;
    private final RefusalLog log;
    private final Cache<String, Failures> byAddress =
            Caffeine.newBuilder().maximumSize(MAX_ADDRESSES).build();
    private Map<Refused, Long> unreported = new LinkedHashMap<>();

    Refusals(Clock clock, AccessConfig config, MeterRegistry registry) {
        this.clock = clock;
        this.max = config.maxRefusals();
        this.log = new RefusalLog(clock);
        for (RefusalReason reason : RefusalReason.values()) {
            counters.put(
                    reason,
                    Counter.builder("claude_agent_access_refusals")
                            .description("Requests that were not let in, or not let do what they wanted, by reason")
                            .tag("reason", reason.wireName())
                            .register(registry));
        }
        throttled = Counter.builder("claude_agent_access_throttled")
                .description("Of these, those from an address that was refused too often in a minute")
                .register(registry);
    }

    private record Failures(Instant since, AtomicInteger count) {}

    /**
     * Somebody and why.
     *
     * @param who the name of a token that is known; {@code -} if it is not
     */
    public record Refused(String address, String who, RefusalReason reason) {}

    /** @return how long to leave it, if this address was refused too often */
    public Optional<Duration> add(Refused refused) {
        counters.get(refused.reason()).increment();
        Optional<Duration> pause = refused.reason().countsAgainstAddress() ? pause(refused) : Optional.empty();
        if (pause.isPresent()) {
            throttled.increment();
            log.leaveOut(refused);
        } else {
            log.add(refused);
        }
        remember(refused);
        return pause;
    }

    private Optional<Duration> pause(Refused refused) {
        Instant now = clock.instant();
        String source = AddressRange.of(refused.address());
        Failures failures = byAddress
                .asMap()
                .compute(
                        source,
                        (key, known) ->
                                known == null || !now.isBefore(known.since().plus(WINDOW))
                                        ? new Failures(now, new AtomicInteger())
                                        : known);
        return failures.count().incrementAndGet() <= max
                ? Optional.empty()
                : Optional.of(Duration.between(now, failures.since().plus(WINDOW)));
    }

    /** How many addresses are known to have failed. */
    long addresses() {
        byAddress.cleanUp();
        return byAddress.estimatedSize();
    }

    private synchronized void remember(Refused refused) {
        boolean room = unreported.size() < MAX_ROWS || unreported.containsKey(refused);
        unreported.merge(room ? refused : OTHERS, 1L, Long::sum);
    }

    /** Those since this was last asked, and how often each; of many, the rest is one. The log is told of its rest. */
    public synchronized Map<Refused, Long> takeUnreported() {
        log.tellLeftOut();
        Map<Refused, Long> taken = unreported;
        unreported = new LinkedHashMap<>();
        return taken;
    }
}
