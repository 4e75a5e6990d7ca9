package io.agentservice.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is carried out to its end whoever waits for it. */
class SeenThroughTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ExecutorService threads = Executors.newFixedThreadPool(1);
    private final CompletableFuture<String> work = new CompletableFuture<>();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private Uni<String> seenThrough() {
        return JobQueue.seenThrough(Uni.createFrom().completionStage(work));
    }

    /** As a store's thread does that is done while the request still subscribes. */
    @Test
    void whatEndsWhileSomebodySubscribesIsNotTakenForSomethingElse() throws Exception {
        for (int i = 0; i < 30_000; i++) {
            var start = new CyclicBarrier(2);
            var stored = new CompletableFuture<String>();
            threads.execute(() -> {
                meet(start);
                stored.complete("stored");
            });
            Uni<String> seen = JobQueue.seenThrough(Uni.createFrom().completionStage(stored));
            Uni<String> request = Uni.createFrom().item(i).chain((Integer number) -> seen);

            start.await();
            String answer = request.await().atMost(PATIENCE);

            assertThat(answer).isEqualTo("stored");
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whoHangsUpEndsNeitherTheWorkNorWhatOthersWaitFor() {
        Uni<String> seen = seenThrough();
        Cancellable first = seen.subscribe().with(done -> {});
        var second = seen.subscribeAsCompletionStage();

        first.cancel();
        work.complete("done");

        assertThat(second).isCompletedWithValue("done");
        assertThat(seen.await().atMost(PATIENCE)).isEqualTo("done");
    }

    @Test
    void aFailureIsHandedOnAsItIs() {
        Uni<String> seen = seenThrough();

        work.completeExceptionally(RefusedException.notAccepting());

        assertThatThrownBy(() -> seen.await().atMost(PATIENCE)).isInstanceOf(RefusedException.class);
    }
}
