package io.agentservice.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentservice.access.Role;
import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Outcome;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** What a job was for, and nothing else: a success is the result itself, so that a script need not look inside. */
@Path("/jobs/{id}/result")
@RolesAllowed(Role.MAY_READ)
public class JobResultResource {

    private static final String TEXT = "text/plain;charset=UTF-8";
    private static final String JSON = "application/json";

    private final JobLookup jobs;
    private final JobWaits waits;
    private final JobAnswers answers;

    JobResultResource(JobLookup jobs, JobWaits waits, JobAnswers answers) {
        this.jobs = jobs;
        this.waits = waits;
        this.answers = answers;
    }

    @GET
    @APIResponse(responseCode = "200", content = @Content(mediaType = "text/plain"))
    public Uni<Response> result(@PathParam("id") String id, @QueryParam("wait") String wait) {
        Duration patience = WaitTime.ofQuery(wait);
        return jobs.find(id)
                .chain(job -> waits.forEnd(job, patience))
                .chain(job ->
                        job.status().isFinal() ? ended(job) : Uni.createFrom().item(unfinished(job, patience)));
    }

    private static Uni<Response> ended(Job job) {
        if (job.status() != JobStatus.COMPLETED) {
            return Uni.createFrom().item(failed(job));
        }
        Uni<Response> response = Uni.createFrom().item(() -> completed(job));
        return JobAnswers.hasLargeResult(job)
                ? response.runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                : response;
    }

    private static Response completed(Job job) {
        JsonNode line = JobJson.parse(
                job.outcome().flatMap(Outcome::resultLine).map(Json::text).orElse("{}"));
        boolean structured = job.spec().answer().schema().isPresent();
        String body = structured
                ? line.path("structured_output").toString()
                : line.path("result").asText("");
        return Response.ok(body.getBytes(StandardCharsets.UTF_8), structured ? JSON : TEXT)
                .header("Cache-Control", "no-store")
                .header("X-Content-Type-Options", "nosniff")
                .build();
    }

    /** Not of a kind that clients try again by themselves: there will never be a result. */
    private static Response failed(Job job) {
        String status = job.status().wireName();
        Outcome outcome = job.outcome().orElseThrow();
        String reason = outcome.reason().map(FailureReason::wireName).orElse("");
        String error = outcome.error().orElse("");
        return Problem.of(
                        424,
                        "job-" + status,
                        "The job has no result",
                        "the job ended as %s (%s): %s".formatted(status, reason, error))
                .withJobEnd(status, reason, error)
                .response()
                .header("Cache-Control", "no-store")
                .build();
    }

    /** Of a kind that clients do try again: {@code curl --retry} then waits for the end. */
    private Response unfinished(Job job, Duration waited) {
        long retryAfter = waited.isZero() ? answers.retryAfter(job) : 1;
        String status = answers.statusName(job);
        return Problem.of(
                        408,
                        "job-not-finished",
                        "The job has not ended yet",
                        "the job is %s: ask again, best with ?wait=%ds".formatted(status, WaitTime.LONGEST.toSeconds()))
                .withJobStatus(status)
                .response()
                .header("Retry-After", retryAfter)
                .header("Cache-Control", "no-store")
                .build();
    }
}
