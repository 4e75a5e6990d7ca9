package io.agentservice.store;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while the store can read and write. */
@Readiness
@Singleton
final class StoreHealthCheck implements AsyncHealthCheck {

    private static final String NAME = "store";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final JobStore store;

    StoreHealthCheck(JobStore store) {
        this.store = store;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return store.check()
                .map(ignored -> HealthCheckResponse.up(NAME))
                .ifNoItem()
                .after(PATIENCE)
                .fail()
                .onFailure()
                .recoverWithItem(failure -> HealthCheckResponse.named(NAME)
                        .down()
                        .withData("error", String.valueOf(failure.getMessage()))
                        .build());
    }
}
