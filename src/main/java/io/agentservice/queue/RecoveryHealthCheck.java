package io.agentservice.queue;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Started once what an earlier life left is taken up; from then on for good, also while the service stops. */
@Startup
@Singleton
final class RecoveryHealthCheck implements HealthCheck {

    private final JobQueue queue;

    RecoveryHealthCheck(JobQueue queue) {
        this.queue = queue;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("recovery")
                .status(queue.isAccepting() || queue.isDraining())
                .build();
    }
}
