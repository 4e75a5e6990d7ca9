package io.agentservice.api;

import io.agentservice.access.Caller;
import io.agentservice.access.Grant;
import io.agentservice.access.Role;
import io.agentservice.job.Job;
import io.agentservice.queue.Submission;
import io.agentservice.queue.Submissions;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** Jobs are handed in here. */
@Path("/execute")
@RolesAllowed(Role.MAY_SUBMIT)
@Produces(MediaType.APPLICATION_JSON)
public class ExecuteResource {

    private final Submissions submissions;
    private final SubmissionConfig limits;
    private final JobWaits waits;
    private final JobAnswers answers;
    private final Caller caller;

    ExecuteResource(
            Submissions submissions, SubmissionConfig limits, JobWaits waits, JobAnswers answers, Caller caller) {
        this.submissions = submissions;
        this.limits = limits;
        this.waits = waits;
        this.answers = answers;
        this.caller = caller;
    }

    /** A job that was taken in is carried out, whether its caller waits for it or leaves. */
    @POST
    @APIResponse(responseCode = "202", ref = "Accepted")
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<Response> execute(@Context HttpHeaders headers, byte[] body) {
        Grant grant = caller.grant();
        var key = IdempotencyKey.of(headers);
        // What a caller may not read it need not wait for.
        var patience = WaitTime.preferred(headers).filter(wait -> grant.has(Role.READ));
        var spec = SubmitJobRequest.parse(body, limits);
        if (!grant.mayUse(spec.agent())) {
            throw new NotAllowedHereException("this token may not use the agent '%s'".formatted(spec.agent()));
        }
        return submissions
                .submit(spec, grant.submitter(), grant.allowance(), key)
                .chain(submission -> answer(submission, patience));
    }

    private Uni<Response> answer(Submission submission, Optional<Duration> patience) {
        return patience.isEmpty()
                ? Uni.createFrom().item(respond(submission, answers.accepted(submission.job())))
                : waits.forEnd(submission.job(), patience.get())
                        .chain(this::wholeIfEnded)
                        .map(Response::fromResponse)
                        .map(response -> respond(submission, applied(response, patience.get())));
    }

    private Uni<Response> wholeIfEnded(Job job) {
        return job.status().isFinal()
                ? answers.whole(job, new KnownVersions(Set.of()))
                        .map(response -> Response.fromResponse(response)
                                .location(URI.create(Links.of(job.id()).self()))
                                .build())
                : Uni.createFrom().item(answers.accepted(job).build());
    }

    private static Response.ResponseBuilder applied(Response.ResponseBuilder response, Duration patience) {
        return response.header("Preference-Applied", "wait=" + patience.toSeconds());
    }

    private static Response respond(Submission submission, Response.ResponseBuilder response) {
        return submission.replayed()
                ? response.header(IdempotencyKey.REPLAYED, true).build()
                : response.build();
    }
}
