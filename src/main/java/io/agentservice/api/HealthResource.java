package io.agentservice.api;

import io.agentservice.queue.JobQueue;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** {@code GET /health}, in the shape that its callers have always known. Probes use {@code /q/health}. */
@Path("/health")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public class HealthResource {

    private final JobQueue queue;

    HealthResource(JobQueue queue) {
        this.queue = queue;
    }

    /** @param busy whether a job submitted now would have to wait */
    record Health(String status, boolean busy, int active, int queued, int capacity) {}

    @GET
    public Health health() {
        int active = queue.active();
        return new Health("ok", active >= queue.capacity(), active, queue.queued(), queue.capacity());
    }
}
