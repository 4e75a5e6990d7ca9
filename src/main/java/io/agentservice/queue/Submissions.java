package io.agentservice.queue;

import io.agentservice.job.Allowance;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobSpec;
import io.agentservice.job.Submitter;
import io.agentservice.store.JobGoneException;
import io.agentservice.store.JobStore;
import io.agentservice.store.KeyTakenException;
import io.agentservice.store.RequestKey;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Takes requests in, those with the same key once: who sends one again gets the job of the first time. */
@Singleton
public class Submissions {

    private final JobQueue queue;
    private final JobStore store;
    private final Clock clock;
    private final Map<Owner, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

    Submissions(JobQueue queue, JobStore store, Clock clock) {
        this.queue = queue;
        this.store = store;
        this.clock = clock;
    }

    private record Owner(Submitter submitter, String key) {}

    /**
     * Takes a request in, as {@link JobQueue#submit} does. With a key that was used before it fails with
     * {@link KeyReusedException} if that was for something else, and with {@link JobGoneException} if the job was
     * removed meanwhile: a key never makes a second job.
     */
    public Uni<Submission> submit(JobSpec spec, Submitter submitter, Allowance allowance, Optional<String> key) {
        return key.isEmpty()
                ? first(queue.submit(spec, submitter, allowance))
                : Uni.createFrom()
                        .item(() -> new RequestKey(submitter, key.get(), RequestFingerprint.of(spec), clock.instant()))
                        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                        .chain(known -> inTurn(spec, known, allowance));
    }

    /** Two at once go one after the other, so that the second is not refused for the place that the first takes. */
    private Uni<Submission> inTurn(JobSpec spec, RequestKey key, Allowance allowance) {
        var owner = new Owner(key.submitter(), key.key());
        var mine = new CompletableFuture<Void>();
        CompletableFuture<Void> before = underWay.putIfAbsent(owner, mine);
        if (before != null) {
            return Uni.createFrom().completionStage(before::copy).chain(() -> inTurn(spec, key, allowance));
        }
        return JobQueue.seenThrough(once(spec, key, allowance).onTermination().invoke(() -> {
            underWay.remove(owner);
            mine.complete(null);
        }));
    }

    /** The key is looked at before any limit: a job that was taken in needs no place. */
    private Uni<Submission> once(JobSpec spec, RequestKey key, Allowance allowance) {
        return store.keyUse(key)
                .chain(use -> use.isPresent() ? again(key, use.get()) : first(queue.submit(spec, key, allowance)))
                .onFailure(KeyTakenException.class)
                .recoverWithUni(taken -> again(key, taken.use()));
    }

    private static Uni<Submission> first(Uni<Job> taken) {
        return taken.map(job -> new Submission(job, false));
    }

    private Uni<Submission> again(RequestKey key, RequestKey.Use use) {
        return use.fingerprint().equals(key.fingerprint())
                ? store.find(use.job())
                        .chain(job -> job.isPresent()
                                ? Uni.createFrom().item(new Submission(job.get(), true))
                                : gone(use.job()))
                : Uni.createFrom().failure(new KeyReusedException(use.job()));
    }

    private Uni<Submission> gone(JobId job) {
        return store.removedAt(job).map(at -> {
            throw new JobGoneException(job, at);
        });
    }
}
