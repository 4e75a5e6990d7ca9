package io.agentservice.api;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;

/** What goes out by event streams. Called for each buffer, not for each event. */
@Singleton
final class StreamMetrics {

    private final Counter opened;
    private final Counter events;
    private final Counter bytes;
    private final Counter slow;
    private final Counter notAdmitted;
    private final Counter unreadable;

    StreamMetrics(MeterRegistry registry) {
        this.opened = Counter.builder("claude_agent_event_streams_opened")
                .description("Event streams that were opened")
                .register(registry);
        this.events = Counter.builder("claude_agent_events_sent")
                .description("Events that were sent, one for each client")
                .register(registry);
        this.bytes = Counter.builder("claude_agent_event_bytes_sent")
                .description("Bytes that were sent by event streams")
                .register(registry);
        this.slow = dropped(registry, "slow");
        this.notAdmitted = dropped(registry, "not_admitted");
        this.unreadable = dropped(registry, "unreadable");
    }

    private static Counter dropped(MeterRegistry registry, String cause) {
        return Counter.builder("claude_agent_event_streams_dropped")
                .description("Event streams that the service ended before their job did")
                .tag("cause", cause)
                .register(registry);
    }

    void opened() {
        opened.increment();
    }

    void sent(int frames, int length) {
        events.increment(frames);
        bytes.increment(length);
    }

    /** Its client did not read. */
    void tooSlow() {
        slow.increment();
    }

    /** The token of its client is no longer valid. */
    void notAdmitted() {
        notAdmitted.increment();
    }

    /** The store could not be read. */
    void unreadable() {
        unreadable.increment();
    }
}
