package io.agentservice.api;

import io.agentservice.job.JobId;
import io.agentservice.store.JobFeed;
import io.agentservice.store.JobStore;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** The tails of all jobs that somebody follows now. */
@Singleton
public class EventTails {

    private static final Logger LOG = Logger.getLogger(EventTails.class);
    static final int AFTER_THE_DRAIN = 1000;
    /** How much of the store is read at once, for a tail and for a stream that is behind it. */
    static final long PAGE_BYTES = 256 * 1024;

    private final JobStore store;
    private final JobFeed feed;
    private final Map<JobId, Followed> followed = new HashMap<>();
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();

    EventTails(JobStore store, JobFeed feed) {
        this.store = store;
        this.feed = feed;
    }

    /** A tail and what feeds it. */
    private record Followed(EventTail tail, Cancellable reader, Cancellable deltas) {

        void close() {
            reader.cancel();
            deltas.cancel();
        }
    }

    void opened(EventStream stream) {
        streams.add(stream);
    }

    void closed(EventStream stream) {
        streams.remove(stream);
    }

    /** Lets a stream that has sent all up to {@code sequence} follow the job live. */
    synchronized EventTail join(JobId job, long sequence, EventStream stream) {
        Followed present = followed.computeIfAbsent(job, id -> follow(id, sequence));
        present.tail().add(stream);
        return present.tail();
    }

    private Followed follow(JobId job, long sequence) {
        var tail = new EventTail(sequence);
        Cancellable deltas = feed.onDelta(job, tail::append);
        Cancellable reader = feed.follow(store, job, sequence, PAGE_BYTES)
                .subscribe()
                .with(tail::append, failure -> broken(job, failure));
        return new Followed(tail, reader, deltas);
    }

    /** The streams end; their clients come back and read the store themselves, or learn that it is broken. */
    private void broken(JobId job, Throwable failure) {
        LOG.errorf("a job can no longer be followed jobId=%s: %s", job, failure.getMessage());
        synchronized (this) {
            followed.remove(job);
        }
        streams.stream().filter(stream -> stream.follows(job)).forEach(EventStream::breakOff);
    }

    synchronized void leave(JobId job, EventStream stream) {
        Followed present = followed.get(job);
        if (present != null && present.tail().remove(stream)) {
            followed.remove(job);
            present.close();
        }
    }

    /** Before the HTTP server stops: every stream ends cleanly, and its client comes back to the next life. */
    void end(@Observes @Priority(AFTER_THE_DRAIN) ShutdownDelayInitiatedEvent event) {
        streams.forEach(EventStream::end);
    }
}
