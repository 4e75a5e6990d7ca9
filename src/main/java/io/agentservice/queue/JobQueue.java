package io.agentservice.queue;

import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobSpec;
import io.agentservice.job.Submitter;
import io.agentservice.store.JobStore;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** Takes jobs in. A job that it returns is on the disk and will reach a final status. */
@Singleton
public class JobQueue {

    private static final Logger LOG = Logger.getLogger(JobQueue.class);
    private static final Duration FULL_RETRY_AFTER = Duration.ofSeconds(30);
    private static final Duration CLOSED_RETRY_AFTER = Duration.ofSeconds(5);

    private final Admission admission;
    private final JobStore store;
    private final Dispatcher dispatcher;
    private final Clock clock;
    private final QueueConfig config;
    private final SecureRandom random = new SecureRandom();
    /** Admitted and not yet waiting: they have a place in the queue already. */
    private final AtomicInteger arriving = new AtomicInteger();

    private volatile boolean accepting;

    JobQueue(Admission admission, JobStore store, Dispatcher dispatcher, Clock clock, QueueConfig config) {
        this.admission = admission;
        this.store = store;
        this.dispatcher = dispatcher;
        this.clock = clock;
        this.config = config;
    }

    /**
     * Takes a job in. Fails with {@link UnknownAgentException} or {@link RefusedException}, and then nothing is
     * stored.
     */
    public Uni<Job> submit(JobSpec spec, Submitter submitter) {
        if (!accepting) {
            return Uni.createFrom()
                    .failure(new RefusedException(
                            RefusedException.Cause.NOT_ACCEPTING,
                            CLOSED_RETRY_AFTER,
                            "the service is starting or stopping"));
        }
        return admission.admit(spec).chain(admitted -> accept(admitted, submitter));
    }

    private Uni<Job> accept(JobSpec spec, Submitter submitter) {
        if (!reservePlace()) {
            return Uni.createFrom()
                    .failure(new RefusedException(
                            RefusedException.Cause.QUEUE_FULL,
                            FULL_RETRY_AFTER,
                            "%d jobs wait already".formatted(config.maxDepth())));
        }
        var now = clock.instant();
        Job job = Job.accepted(
                JobId.create(now, random), spec, submitter, UUID.randomUUID().toString(), now);
        Uni<Job> accepted = store.insert(job)
                .invoke(() -> accepted(job))
                .onTermination()
                .invoke(arriving::decrementAndGet)
                .replaceWith(job)
                .memoize()
                .indefinitely();
        // Ours to see through: a caller who hangs up meanwhile must not leave a stored job that nobody runs.
        accepted.subscribe().with(stored -> {}, failure -> LOG.errorf(failure, "a job could not be stored"));
        return accepted;
    }

    private synchronized boolean reservePlace() {
        // A free place to run is a place too: the queue may be empty and the service idle with a depth of zero.
        int free = Math.max(0, config.maxConcurrency() - dispatcher.active());
        if (dispatcher.queued() + arriving.get() >= config.maxDepth() + free) {
            return false;
        }
        arriving.incrementAndGet();
        return true;
    }

    private void accepted(Job job) {
        LOG.infof(
                "job accepted jobId=%s agent=%s submitter=%s status=queued",
                job.id(), job.spec().agent(), job.submitter().name());
        dispatcher.enqueue(job);
    }

    void open() {
        accepting = true;
    }

    void close() {
        accepting = false;
    }

    public int active() {
        return dispatcher.active();
    }

    public int queued() {
        return dispatcher.queued();
    }

    public int capacity() {
        return config.maxConcurrency();
    }

    public boolean isAccepting() {
        return accepting;
    }
}
