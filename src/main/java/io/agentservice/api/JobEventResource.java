package io.agentservice.api;

import io.agentservice.access.Role;
import io.agentservice.job.Job;
import io.agentservice.store.JobFeed;
import io.agentservice.store.JobStore;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
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
            return logs.of(id, LogRequest.text(request.getQueryParameters()).following(), response);
        }
        StreamQuery.Asked asked = StreamQuery.ofJob(headers, request);
        return streams.open(
                jobs.withMoreAfter(id, asked.after().orElse(0)).map(job -> request(job, asked)),
                EventStreams.HEADERS,
                response);
    }

    /** Only who says so: whoever takes anything gets events. */
    private static boolean prefersText(HttpHeaders headers) {
        List<String> sent = headers.getRequestHeader("Accept");
        String accept = sent == null ? "" : String.join(",", sent);
        return accept.contains("text/plain") && !accept.contains("text/event-stream");
    }

    private StreamRequest request(Job job, StreamQuery.Asked asked) {
        var source = new FrameSource.OfJob(job.id(), store, feed);
        return new StreamRequest(source, asked.after().orElse(0), asked.selection(), true, new SseRendering());
    }
}
