package io.agentservice.queue;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while jobs are taken: not before recovery is done, not while the service stops. */
@Readiness
@Singleton
final class QueueHealthCheck implements HealthCheck {

    private final JobQueue queue;

    QueueHealthCheck(JobQueue queue) {
        this.queue = queue;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("queue")
                .status(queue.isAccepting())
                .withData("draining", queue.isDraining())
                .withData("active", queue.active())
                .withData("queued", queue.queued())
                .withData("capacity", queue.capacity())
                .build();
    }
}
