package io.agentservice.api;

import io.agentservice.access.Role;
import io.agentservice.store.JobStore;
import io.agentservice.store.LinePage;
import io.smallrye.mutiny.Multi;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.resteasy.reactive.RestMulti;

/** A run as text, and as the CLI told it. No {@code @Produces}, as with the events (see ADR 0004). */
@Path("/jobs/{id}")
@RolesAllowed(Role.MAY_READ)
public class JobLogResource {

    private static final Map<String, List<String>> LINE_HEADERS = JobLogs.headers("application/x-ndjson;charset=UTF-8");

    private final JobLookup jobs;
    private final JobStore store;
    private final JobLogs logs;

    JobLogResource(JobLookup jobs, JobStore store, JobLogs logs) {
        this.jobs = jobs;
        this.store = store;
        this.logs = logs;
    }

    @GET
    @Path("log")
    @APIResponse(responseCode = "200", content = @Content(mediaType = "text/plain"))
    public RestMulti<byte[]> log(
            @PathParam("id") String id, @Context UriInfo uri, @Context HttpServerResponse response) {
        return logs.of(id, LogRequest.parse(uri.getQueryParameters()), response);
    }

    /** Every line of the CLI's that was recorded until now, page by page as the caller reads. */
    @GET
    @Path("output.ndjson")
    @APIResponse(responseCode = "200", content = @Content(mediaType = "application/x-ndjson"))
    public RestMulti<byte[]> output(@PathParam("id") String id) {
        return RestMulti.fromUniResponse(
                jobs.find(id),
                job -> Multi.createBy()
                        .repeating()
                        .uni(
                                AtomicLong::new,
                                after -> store.lines(job.id(), after.get(), FrameSource.PAGE_BYTES)
                                        .invoke(page -> after.set(page.last())))
                        .whilst(page -> !page.complete())
                        .filter(page -> !page.lines().isEmpty())
                        .map(JobLogResource::bytes),
                job -> LINE_HEADERS,
                job -> 200);
    }

    private static byte[] bytes(LinePage page) {
        return (String.join("\n", page.lines()) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
