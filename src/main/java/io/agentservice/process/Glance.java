package io.agentservice.process;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A question to the operating system that may take for ever, as one to a disk that hangs. It is asked by one thread at a
 * time, whoever wants to know, and an answer is kept for a while: who asks often costs no more than who asks at times.
 */
public final class Glance<T> {

    private final Supplier<T> question;
    private final Duration fresh;
    private final Duration patience;
    private Optional<CompletableFuture<T>> asked = Optional.empty();
    private volatile Optional<T> last = Optional.empty();
    private volatile long overAt;

    /**
     * @param question may block
     * @param fresh for how long an answer, or a failure, is good
     * @param patience for how long whoever asks waits
     */
    public Glance(Supplier<T> question, Duration fresh, Duration patience) {
        this.question = question;
        this.fresh = fresh;
        this.patience = patience;
    }

    private synchronized CompletableFuture<T> asked() {
        if (asked.filter(this::isGood).isEmpty()) {
            asked = Optional.of(Uni.createFrom()
                    .item(this::ask)
                    .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                    .subscribeAsCompletionStage());
        }
        return asked.get();
    }

    private boolean isGood(CompletableFuture<T> answer) {
        return !answer.isDone() || System.nanoTime() - overAt <= fresh.toNanos();
    }

    private T ask() {
        try {
            T answer = question.get();
            last = Optional.of(answer);
            return answer;
        } finally {
            overAt = System.nanoTime();
        }
    }

    /** Fails as the question did, or with a {@link io.smallrye.mutiny.TimeoutException}. Does not block. */
    public Uni<T> answer() {
        return Uni.createFrom()
                .completionStage(() -> asked().copy())
                .ifNoItem()
                .after(patience)
                .fail();
    }

    /** The last answer there was, however old; has the question asked again if that is no longer fresh. At once. */
    public Optional<T> last() {
        asked();
        return last;
    }
}
