package io.agentservice.api;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** The tails of all that somebody follows now. */
@Startup
@Singleton
public class EventTails {

    private static final Logger LOG = Logger.getLogger(EventTails.class);
    static final int AFTER_THE_DRAIN = 1000;
    /** How long clients may take for the last events of the jobs that the drain saw end. */
    private static final Duration LAST_EVENTS_PATIENCE = Duration.ofSeconds(2);

    private final Map<FrameSource, Followed> followed = new HashMap<>();
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();

    private final StreamMetrics sent;

    EventTails(MeterRegistry metrics, StreamMetrics sent) {
        this.sent = sent;
        Gauge.builder("claude_agent_event_streams", streams, Set::size)
                .description("Clients that follow a job, or all of them, now")
                .register(metrics);
        Gauge.builder("claude_agent_event_tails", this, EventTails::count)
                .description("What is followed now: jobs, and the changes of status of all")
                .register(metrics);
    }

    private synchronized int count() {
        return followed.size();
    }

    /** A tail and what feeds it. */
    private record Followed(EventTail tail, Cancellable reader, Cancellable deltas) {

        void close() {
            reader.cancel();
            deltas.cancel();
        }
    }

    StreamMetrics metrics() {
        return sent;
    }

    void opened(EventStream stream) {
        sent.opened();
        streams.add(stream);
    }

    synchronized void closed(EventStream stream) {
        streams.remove(stream);
        notifyAll();
    }

    /** Lets a stream that has sent all up to {@code sequence} follow live. */
    synchronized EventTail join(FrameSource source, long sequence, EventStream stream) {
        Followed present = followed.computeIfAbsent(source, wanted -> follow(wanted, sequence));
        present.tail().add(stream);
        return present.tail();
    }

    private Followed follow(FrameSource source, long sequence) {
        var tail = new EventTail(sequence);
        Cancellable deltas = source.onDelta(tail::append);
        Cancellable reader = source.follow(sequence).subscribe().with(tail::append, failure -> broken(source, failure));
        return new Followed(tail, reader, deltas);
    }

    /** The streams end; their clients come back and read the store themselves, or learn that it is broken. */
    private void broken(FrameSource source, Throwable failure) {
        LOG.errorf("what was followed cannot be read any more %s: %s", source, failure.getMessage());
        synchronized (this) {
            followed.remove(source);
        }
        streams.stream().filter(stream -> stream.follows(source)).forEach(EventStream::breakOff);
    }

    synchronized void leave(FrameSource source, EventStream stream) {
        Followed present = followed.get(source);
        if (present != null && present.tail().remove(stream)) {
            followed.remove(source);
            present.close();
        }
    }

    /**
     * Before the HTTP server stops: every stream ends cleanly with what is stored, or where it stands if its client reads
     * too slowly for that. The clients come back to the next life. Blocks the shutdown meanwhile.
     */
    void end(@Observes @Priority(AFTER_THE_DRAIN) ShutdownDelayInitiatedEvent event) throws InterruptedException {
        streams.forEach(EventStream::finish);
        awaitNone();
        streams.forEach(EventStream::end);
    }

    private synchronized void awaitNone() throws InterruptedException {
        long deadline = System.nanoTime() + LAST_EVENTS_PATIENCE.toNanos();
        while (!streams.isEmpty()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }
}
