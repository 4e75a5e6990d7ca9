package io.agentservice.api;

import io.agentservice.job.Job;
import io.agentservice.store.JobStore;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Multi;
import io.vertx.core.Vertx;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import org.jboss.resteasy.reactive.RestMulti;

/**
 * What happens in a job, as server-sent events. There is no {@code @Produces} here on purpose: with it the status and
 * the headers below would be ignored (see ADR 0004).
 */
@Path("/jobs/{id}/events")
@Authenticated
public class JobEventResource {

    private static final Map<String, List<String>> HEADERS = Map.of(
            "Content-Type", List.of("text/event-stream;charset=UTF-8"),
            "Cache-Control", List.of("no-store"),
            "X-Accel-Buffering", List.of("no"));

    private final JobLookup jobs;
    private final JobStore store;
    private final EventTails tails;
    private final JobLogs logs;

    JobEventResource(JobLookup jobs, JobStore store, EventTails tails, JobLogs logs) {
        this.jobs = jobs;
        this.store = store;
        this.tails = tails;
        this.logs = logs;
    }

    /** All stored events after the last one that the client has, then live ones, until the final status. */
    @GET
    public RestMulti<byte[]> events(
            @PathParam("id") String id,
            @HeaderParam("Last-Event-ID") String lastEventId,
            @QueryParam("deltas") String deltas,
            @Context HttpHeaders headers,
            @Context UriInfo uri) {
        if (prefersText(headers)) {
            return logs.of(id, LogRequest.parse(uri.getQueryParameters()).following());
        }
        long after = sequence(lastEventId);
        boolean withDeltas = flag("deltas", deltas);
        io.vertx.core.Context context = Vertx.currentContext();
        return RestMulti.fromUniResponse(
                jobs.find(id), job -> stream(job, after, withDeltas, context), job -> HEADERS, job -> 200);
    }

    private Multi<byte[]> stream(Job job, long after, boolean deltas, io.vertx.core.Context context) {
        var request = new EventStream.Request(job.id(), after, deltas, true, new SseRendering());
        return Multi.createFrom().publisher(new EventStream(request, store, tails, context));
    }

    /** Only who says so: whoever takes anything gets events. */
    private static boolean prefersText(HttpHeaders headers) {
        String accept = String.join(
                ",", headers.getRequestHeader("Accept") == null ? List.of() : headers.getRequestHeader("Accept"));
        return accept.contains("text/plain") && !accept.contains("text/event-stream");
    }

    private static long sequence(String lastEventId) {
        if (lastEventId == null || lastEventId.isBlank()) {
            return 0;
        }
        try {
            long sequence = Long.parseLong(lastEventId.strip());
            if (sequence >= 0) {
                return sequence;
            }
        } catch (NumberFormatException e) {
            // The same answer as for a negative one.
        }
        throw new InvalidRequestException("Last-Event-ID must be the id of an event of this job: a number from 0");
    }

    private static boolean flag(String name, String value) {
        if (value == null) {
            return false;
        }
        return switch (value) {
            case "true", "" -> true;
            case "false" -> false;
            default -> throw new InvalidRequestException("%s must be true or false".formatted(name));
        };
    }
}
