package io.agentservice.api;

import io.agentservice.access.Role;
import io.agentservice.store.JobFeed;
import io.agentservice.store.JobStore;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.resteasy.reactive.RestMulti;

/** The changes of status of all jobs as server-sent events. No {@code @Produces}, as in {@link JobEventResource}. */
@Path("/jobs/events")
@RolesAllowed(Role.MAY_READ)
public class JobStatusResource {

    private final JobLookup jobs;
    private final JobStore store;
    private final JobFeed feed;
    private final EventStreams streams;

    JobStatusResource(JobLookup jobs, JobStore store, JobFeed feed, EventStreams streams) {
        this.jobs = jobs;
        this.store = store;
        this.feed = feed;
        this.streams = streams;
    }

    /** Those after the last one that the client has, or, if it has none, those from now on. It has no end. */
    @GET
    @APIResponse(responseCode = "200", content = @Content(mediaType = "text/event-stream"))
    public RestMulti<byte[]> events(
            @Context HttpHeaders headers, @Context UriInfo request, @Context HttpServerResponse response) {
        StreamQuery.Asked asked = StreamQuery.ofAllJobs(headers, request);
        Selection selection = jobs.visible(asked.selection());
        Uni<Long> start =
                asked.after().isPresent() ? Uni.createFrom().item(asked.after().getAsLong()) : store.lastStatusChange();
        return streams.open(start.map(after -> request(after, selection)), EventStreams.HEADERS, response);
    }

    private StreamRequest request(long after, Selection selection) {
        return new StreamRequest(new FrameSource.OfAllJobs(store, feed), after, selection, true, new SseRendering());
    }
}
