package io.agentservice.api;

import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.store.JobFeed;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Callers who wait for a job to take a step. Each costs a timer and a place in two sets, and no thread. */
@Singleton
class JobWaits {

    private final JobLookup jobs;
    private final JobFeed feed;
    private final Vertx vertx;
    private final Set<Wait> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    JobWaits(JobLookup jobs, JobFeed feed, Vertx vertx) {
        this.jobs = jobs;
        this.feed = feed;
        this.vertx = vertx;
    }

    /** The job as it stands when it has another status than it was seen with, or when the time is up. */
    Uni<Job> forStep(Job seen, Duration patience) {
        long version = seen.progress().version();
        return await(
                seen, job -> job.progress().version() != version || job.status().isFinal(), patience);
    }

    /** The job as it stands when it has ended, or when the time is up. */
    Uni<Job> forEnd(Job seen, Duration patience) {
        return await(seen, job -> job.status().isFinal(), patience);
    }

    private Uni<Job> await(Job seen, Predicate<Job> news, Duration patience) {
        if (patience.isZero() || stopping || news.test(seen)) {
            return Uni.createFrom().item(seen);
        }
        // Steps are told of by the store's writer: the answer is not to be made there.
        Context context = vertx.getOrCreateContext();
        return Uni.createFrom()
                .<Job>emitter(emitter -> new Wait(seen.id(), news, emitter).begin(patience))
                .emitOn(command -> context.runOnContext(ignored -> command.run()));
    }

    int size() {
        return underWay.size();
    }

    /** After the drain and before the HTTP server stops: all are answered with what there is. */
    void end(@Observes @Priority(EventTails.AFTER_THE_DRAIN) ShutdownDelayInitiatedEvent event) {
        stopping = true;
        underWay.forEach(Wait::giveUp);
    }

    /** One caller. It ends with the first answer, or when the caller leaves. */
    private final class Wait {

        private final JobId job;
        private final Predicate<Job> news;
        private final UniEmitter<? super Job> caller;
        private Cancellable steps;
        private long timer;

        Wait(JobId job, Predicate<Job> news, UniEmitter<? super Job> caller) {
            this.job = job;
            this.news = news;
            this.caller = caller;
        }

        void begin(Duration patience) {
            underWay.add(this);
            steps = feed.onStep(job, this::look);
            timer = vertx.setTimer(Math.max(1, patience.toMillis()), id -> giveUp());
            caller.onTermination(this::close);
            // A step since the job was seen has woken nobody.
            look();
        }

        private void look() {
            jobs.again(job).subscribe().with(this::answerIfNews, caller::fail);
        }

        private void answerIfNews(Job current) {
            if (news.test(current)) {
                caller.complete(current);
            }
        }

        void giveUp() {
            jobs.again(job).subscribe().with(caller::complete, caller::fail);
        }

        private void close() {
            underWay.remove(this);
            steps.cancel();
            vertx.cancelTimer(timer);
        }
    }
}
