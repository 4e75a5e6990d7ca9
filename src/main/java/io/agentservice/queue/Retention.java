package io.agentservice.queue;

import io.agentservice.job.JobId;
import io.agentservice.runner.Reaper;
import io.agentservice.store.AuditLog;
import io.agentservice.store.JobStore;
import io.agentservice.store.Pruning;
import io.agentservice.store.RequestKey;
import io.agentservice.store.StoreSize;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Looks every now and then at what has been kept long enough, removes it in small steps and gives the space back.
 * What a crash interrupts is taken up at the first look of the next life.
 */
@Startup
@Singleton
public class Retention {

    private static final Logger LOG = Logger.getLogger(Retention.class);
    private static final Duration STORE_PATIENCE = Duration.ofSeconds(30);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);
    /** Longer than anything is kept, and still a time. */
    private static final Duration FOR_EVER = Duration.ofDays(365_000);

    private static final int AT_ONCE = 64;
    private static final int MAX_UNFINISHED = 10_000;
    /** What stays free, for events to come. */
    private static final long SLACK_BYTES = 1 << 20;

    /** Limits of jobs per hour count by it. */
    private static final Duration SHORTEST_AUDIT = Duration.ofHours(2);

    private static final long USUAL_LOG_BYTES = 8 << 20;

    private final Pruning pruning;
    private final AuditLog audit;
    private final Reaper reaper;
    private final RetentionConfig config;
    private final Clock clock;
    private ScheduledFuture<?> tick;
    private volatile boolean stopped;

    Retention(JobStore store, Reaper reaper, RetentionConfig config, Clock clock) {
        this.pruning = store.pruning();
        this.audit = store.audit();
        this.reaper = reaper;
        this.config = config;
        if (config.jobTtl().isNegative() || config.keepAtLeast().isNegative()) {
            throw new IllegalArgumentException(
                    "JOB_TTL_SECONDS and agent-service.store.keep-at-least must be 0 or more");
        }
        this.clock = clock;
    }

    @PostConstruct
    void start() {
        long interval = config.retentionInterval().toMillis();
        tick = Infrastructure.getDefaultWorkerPool()
                .scheduleWithFixedDelay(this::look, 0, interval, TimeUnit.MILLISECONDS);
    }

    /** What is left to do can wait for the next life; the store is about to close. */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        stopped = true;
    }

    @PreDestroy
    void stop() {
        stopped = true;
        tick.cancel(false);
    }

    synchronized void look() {
        try {
            int count = carryOut(await(pruning.begun(MAX_UNFINISHED)));
            count += removeOld();
            count += makeRoom();
            if (count > 0) {
                LOG.infof("ended jobs were removed count=%d", count);
            }
            forget(RequestKey.LIFE, pruning::forgetKeys);
            forget(longer(config.rememberRemoved(), RequestKey.LIFE), pruning::forgetRemoved);
            forget(longer(config.auditTtl(), SHORTEST_AUDIT), audit::forget);
            giveBack();
        } catch (RuntimeException e) {
            LOG.error("what may go could not be removed", e);
        }
    }

    private int removeOld() {
        if (config.jobTtl().isZero()) {
            return 0;
        }
        int count = 0;
        for (List<JobId> old; !(old = ended(config.jobTtl(), AT_ONCE)).isEmpty(); ) {
            count += remove(old);
        }
        return count;
    }

    private int makeRoom() {
        long max = config.maxBytes().asLongValue();
        StoreSize size = await(pruning.size());
        if (max == 0 || size.used() + size.log() <= max) {
            return 0;
        }
        // The log becomes no shorter by removing jobs: of a long one, which a reader kept open, only its usual length
        // counts.
        await(pruning.shortenLog());
        long room = max - Math.min(size.log(), Math.min(USUAL_LOG_BYTES, max / 2));
        int count = 0;
        while (!stopped && await(pruning.size()).used() > room) {
            // One at a time, so that no more goes than must.
            List<JobId> oldest = ended(config.keepAtLeast(), 1);
            if (oldest.isEmpty()) {
                LOG.warnf("the store is larger than max-bytes=%d, but nothing in it may be removed yet", max);
                break;
            }
            count += remove(oldest);
        }
        return count;
    }

    private List<JobId> ended(Duration ago, int max) {
        return stopped ? List.of() : await(pruning.ended(before(ago), max));
    }

    private Instant before(Duration ago) {
        return clock.instant().minus(ago.compareTo(FOR_EVER) > 0 ? FOR_EVER : ago);
    }

    private int remove(List<JobId> jobs) {
        await(pruning.begin(jobs, clock.instant()));
        return carryOut(jobs);
    }

    /** The jobs go last: as long as something of them is left, they are found again by it. */
    private int carryOut(List<JobId> begun) {
        for (List<JobId> rest = begun; !rest.isEmpty() && !stopped; ) {
            rest = paced(pruning.removeEvents(rest));
        }
        List<JobId> forgotten = new ArrayList<>();
        for (JobId job : begun) {
            if (!stopped && forgetFolders(job)) {
                forgotten.add(job);
            }
        }
        for (int i = 0; i < forgotten.size() && !stopped; i += AT_ONCE) {
            paced(pruning.finish(forgotten.subList(i, Math.min(i + AT_ONCE, forgotten.size()))));
        }
        return forgotten.size();
    }

    private boolean forgetFolders(JobId job) {
        try {
            reaper.forget(job);
            return true;
        } catch (IOException e) {
            LOG.warnf("the folders of a removed job are still there, and are tried again jobId=%s: %s", job, e);
            return false;
        }
    }

    private interface Forgetting {
        Uni<Boolean> before(Instant time);
    }

    private void forget(Duration age, Forgetting some) {
        Instant before = before(age);
        while (!stopped && await(some.before(before))) {
            // Until there are no more.
        }
    }

    private void giveBack() {
        boolean given = false;
        for (long free = await(pruning.size()).free(); free > SLACK_BYTES && !stopped; given = true) {
            free = paced(pruning.giveBack());
        }
        if (given || await(pruning.size()).log() > USUAL_LOG_BYTES) {
            await(pruning.shortenLog());
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** Leaves the writer to others for as long as this took, so that they find it free every other time. */
    private static <T> T paced(Uni<T> step) {
        long begin = System.nanoTime();
        T done = await(step);
        long took = Math.min(System.nanoTime() - begin, LONGEST_PAUSE.toNanos());
        return await(Uni.createFrom().item(done).onItem().delayIt().by(Duration.ofNanos(took + 1)));
    }

    private static <T> T await(Uni<T> uni) {
        return uni.await().atMost(STORE_PATIENCE);
    }
}
