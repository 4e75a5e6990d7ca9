package io.agentservice.api;

import io.agentservice.access.Role;
import io.agentservice.job.Job;
import io.agentservice.store.JobFeed;
import io.agentservice.store.JobStore;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.resteasy.reactive.RestMulti;

/**
 * What happens in a job, as server-sent events. There is no {@code @Produces} here on purpose: with it the status and
 * the headers of the stream would be ignored (see ADR 0004).
 */
@Path("/jobs/{id}/events")
@RolesAllowed(Role.MAY_READ)
public class JobEventResource {

    private final JobLookup jobs;
    private final JobStore store;
    private final JobFeed feed;
    private final EventStreams streams;
    private final JobLogs logs;

    JobEventResource(JobLookup jobs, JobStore store, JobFeed feed, EventStreams streams, JobLogs logs) {
        this.jobs = jobs;
        this.store = store;
        this.feed = feed;
        this.streams = streams;
        this.logs = logs;
    }

    /** All stored events after the last one that the client has, then live ones, until the final status. */
    @GET
    @APIResponse(responseCode = "200", content = @Content(mediaType = "text/event-stream"))
    public RestMulti<byte[]> events(
            @PathParam("id") String id,
            @Context HttpHeaders headers,
            @Context UriInfo request,
            @Context HttpServerResponse response) {
        if (prefersText(headers)) {
            return logs.of(id, LogRequest.parse(request.getQueryParameters()).following(), response);
        }
        StreamQuery.Asked asked = StreamQuery.ofJob(headers, request);
        return streams.open(jobs.find(id).chain(job -> request(job, asked)), EventStreams.HEADERS, response);
    }

    /** Only who says so: whoever takes anything gets events. */
    private static boolean prefersText(HttpHeaders headers) {
        List<String> sent = headers.getRequestHeader("Accept");
        String accept = sent == null ? "" : String.join(",", sent);
        return accept.contains("text/plain") && !accept.contains("text/event-stream");
    }

    private Uni<StreamRequest> request(Job job, StreamQuery.Asked asked) {
        long after = asked.after().orElse(0);
        var source = new FrameSource.OfJob(job.id(), store, feed);
        var request = new StreamRequest(source, after, asked.selection(), true, new SseRendering());
        return job.status().isFinal() && after > 0
                ? store.events(job.id(), after, 1).map(rest -> {
                    if (rest.isEmpty()) {
                        throw nothingFollows();
                    }
                    return request;
                })
                : Uni.createFrom().item(request);
    }

    /** By this an EventSource knows that it need not come back. */
    private static WebApplicationException nothingFollows() {
        return new WebApplicationException(
                Response.noContent().header("Cache-Control", "no-store").build());
    }
}
