package io.agentservice.process;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A question to the operating system that may take for ever, as one to a disk that hangs. It is asked by one thread at a
 * time, whoever wants to know, and an answer is kept for a while: who asks often costs no more than who asks at times.
 */
public final class Glance<T> {

    private final Duration patience;
    private final Uni<T> shared;
    private volatile Optional<T> last = Optional.empty();
    private volatile boolean over;
    private volatile long overAt;

    /**
     * @param question may block
     * @param fresh for how long an answer, or a failure, is good
     * @param patience for how long whoever asks waits
     */
    public Glance(Supplier<T> question, Duration fresh, Duration patience) {
        this.patience = patience;
        this.shared = Uni.createFrom()
                .item(() -> ask(question))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .memoize()
                .until(() -> over && System.nanoTime() - overAt > fresh.toNanos());
    }

    private T ask(Supplier<T> question) {
        over = false;
        try {
            T answer = question.get();
            last = Optional.of(answer);
            return answer;
        } finally {
            overAt = System.nanoTime();
            over = true;
        }
    }

    /** Fails as the question did, or with a {@link io.smallrye.mutiny.TimeoutException}. Does not block. */
    public Uni<T> answer() {
        return shared.ifNoItem().after(patience).fail();
    }

    /** The last answer there was, however old; has the question asked again if that is no longer fresh. At once. */
    public Optional<T> last() {
        shared.subscribe().with(answer -> {}, failure -> {});
        return last;
    }
}
