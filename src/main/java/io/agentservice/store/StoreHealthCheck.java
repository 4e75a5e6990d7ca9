package io.agentservice.store;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while the store can read and write; otherwise it says what is wrong and what to do. */
@Readiness
@Singleton
final class StoreHealthCheck implements AsyncHealthCheck {

    private static final String NAME = "store";
    /** Longer than a write waits for a lock, twice: that has a better answer than this one. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final JobStore store;
    private CompletableFuture<StoreSize> look = CompletableFuture.completedFuture(null);

    StoreHealthCheck(JobStore store) {
        this.store = store;
    }

    /** One at a time: where the disk hangs, each would add to what waits for it. */
    private synchronized CompletableFuture<StoreSize> look() {
        if (look.isDone()) {
            look = Uni.createFrom()
                    .deferred(store::check)
                    .chain(() -> store.pruning().size())
                    .subscribeAsCompletionStage();
        }
        return look;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return Uni.createFrom()
                .completionStage(() -> look().copy())
                .map(StoreHealthCheck::up)
                .ifNoItem()
                .after(PATIENCE)
                .failWith(() -> new StoreException(StoreException.Kind.IO_ERROR, "no answer in " + PATIENCE))
                .onFailure()
                .recoverWithItem(StoreHealthCheck::down);
    }

    private static HealthCheckResponse up(StoreSize size) {
        return HealthCheckResponse.named(NAME)
                .up()
                .withData("bytes", size.used() + size.free() + size.log())
                .build();
    }

    private static HealthCheckResponse down(Throwable failure) {
        var kind = failure instanceof StoreException known ? known.kind() : StoreException.Kind.OTHER;
        return HealthCheckResponse.named(NAME)
                .down()
                .withData("kind", kind.wireName())
                .withData("error", String.valueOf(failure.getMessage()))
                .build();
    }
}
