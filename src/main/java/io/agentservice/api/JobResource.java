package io.agentservice.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Submitter;
import io.agentservice.queue.JobQueue;
import io.quarkus.security.Authenticated;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Optional;

/** Jobs: handed in and looked at. */
@Path("/")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
public class JobResource {

    private static final String POLL_SECONDS = "2";
    private static final long CACHE_BYTES = 32L << 20;

    private final JobQueue queue;
    private final JobLookup jobs;
    private final SubmissionConfig limits;
    private final SecurityIdentity caller;
    private final Cache<Version, byte[]> encoded = Caffeine.newBuilder()
            .maximumWeight(CACHE_BYTES)
            .weigher((Version version, byte[] body) -> 128 + body.length)
            .build();

    JobResource(JobQueue queue, JobLookup jobs, SubmissionConfig limits, SecurityIdentity caller) {
        this.queue = queue;
        this.jobs = jobs;
        this.limits = limits;
        this.caller = caller;
    }

    /** One state of one job: what it looks like never changes. */
    private record Version(JobId id, long number) {}

    /** The answer to a job that was taken in. */
    record Accepted(String job_id, String status, Links links) {}

    @POST
    @Path("execute")
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<Response> execute(byte[] body) {
        var spec = SubmitJobRequest.parse(body, limits);
        return queue.submit(spec, new Submitter(caller.getPrincipal().getName()))
                .map(JobResource::accepted);
    }

    private static Response accepted(Job job) {
        var links = Links.of(job.id());
        return Response.accepted(new Accepted(job.id().value(), job.status().wireName(), links))
                .location(URI.create(links.self()))
                .header("Retry-After", POLL_SECONDS)
                .build();
    }

    @GET
    @Path("jobs/{id}")
    public Uni<Response> job(@PathParam("id") String id) {
        return jobs.find(id).map(this::shown);
    }

    private Response shown(Job job) {
        // A place in the line changes without a new version.
        byte[] body = job.status() == JobStatus.QUEUED
                ? JobJson.encode(job, queue.place(job.id()))
                : encoded.get(
                        new Version(job.id(), job.progress().version()),
                        version -> JobJson.encode(job, Optional.empty()));
        var response = Response.ok(body).header("Cache-Control", "no-store");
        return job.status().isFinal()
                ? response.build()
                : response.header("Retry-After", POLL_SECONDS).build();
    }

    @POST
    @Path("jobs/{id}/cancel")
    public Uni<Response> cancel(@PathParam("id") String id) {
        return jobs.find(id).chain(queue::cancel).map(JobResource::accepted);
    }

    /** The same as a cancel: a job that runs must end before it can be forgotten. */
    @DELETE
    @Path("jobs/{id}")
    public Uni<Response> delete(@PathParam("id") String id) {
        return cancel(id);
    }
}
