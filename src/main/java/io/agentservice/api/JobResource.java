package io.agentservice.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.agentservice.job.Submitter;
import io.agentservice.queue.JobQueue;
import io.agentservice.queue.Submission;
import io.agentservice.queue.Submissions;
import io.quarkus.security.Authenticated;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
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
    /** Longer results are not parsed on the event loop. */
    private static final int LARGE_CHARS = 64 * 1024;

    private static final long CACHE_BYTES = 32L << 20;

    private final JobQueue queue;
    private final Submissions submissions;
    private final JobLookup jobs;
    private final SubmissionConfig limits;
    private final SecurityIdentity caller;
    private final Cache<Version, byte[]> encoded = Caffeine.newBuilder()
            .maximumWeight(CACHE_BYTES)
            .weigher((Version version, byte[] body) -> 128 + body.length)
            .build();

    JobResource(
            JobQueue queue, Submissions submissions, JobLookup jobs, SubmissionConfig limits, SecurityIdentity caller) {
        this.queue = queue;
        this.submissions = submissions;
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
    public Uni<Response> execute(@Context HttpHeaders headers, byte[] body) {
        var key = IdempotencyKey.of(headers);
        var spec = SubmitJobRequest.parse(body, limits);
        return submissions
                .submit(spec, new Submitter(caller.getPrincipal().getName()), key)
                .map(JobResource::accepted);
    }

    private static Response accepted(Submission submission) {
        Response accepted = accepted(submission.job());
        return submission.replayed()
                ? Response.fromResponse(accepted)
                        .header(IdempotencyKey.REPLAYED, true)
                        .build()
                : accepted;
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
        return jobs.find(id).chain(this::shown);
    }

    private Uni<Response> shown(Job job) {
        Uni<byte[]> body = Uni.createFrom().item(() -> encoded(job));
        boolean large = job.outcome()
                .flatMap(Outcome::resultLine)
                .filter(line -> line.text().length() > LARGE_CHARS)
                .isPresent();
        return (large ? body.runSubscriptionOn(Infrastructure.getDefaultWorkerPool()) : body)
                .map(bytes -> response(job, bytes));
    }

    /** A place in the line changes without a new version, so what waits is encoded afresh. */
    private byte[] encoded(Job job) {
        return job.status() == JobStatus.QUEUED
                ? JobJson.encode(job, queue.place(job.id()))
                : encoded.get(
                        new Version(job.id(), job.progress().version()),
                        version -> JobJson.encode(job, Optional.empty()));
    }

    private static Response response(Job job, byte[] body) {
        var response = Response.ok(body).header("Cache-Control", "no-store");
        return job.status().isFinal()
                ? response.build()
                : response.header("Retry-After", POLL_SECONDS).build();
    }

    @POST
    @Path("jobs/{id}/cancel")
    public Uni<Response> cancel(@PathParam("id") String id) {
        return jobs.find(id).chain(queue::cancel).map(job -> accepted(job));
    }

    /** The same as a cancel: a job that runs must end before it can be forgotten. */
    @DELETE
    @Path("jobs/{id}")
    public Uni<Response> delete(@PathParam("id") String id) {
        return cancel(id);
    }
}
