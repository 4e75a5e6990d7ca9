package io.agentservice.api;

import io.agentservice.access.Caller;
import io.agentservice.access.Role;
import io.agentservice.job.Job;
import io.agentservice.job.Submitter;
import io.agentservice.queue.JobQueue;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** One job: looked at and cancelled. */
@Path("/jobs/{id}")
@RolesAllowed(Role.MAY_READ)
@Produces(MediaType.APPLICATION_JSON)
public class JobResource {

    private final JobQueue queue;
    private final JobLookup jobs;
    private final JobWaits waits;
    private final JobAnswers answers;
    private final Caller caller;

    JobResource(JobQueue queue, JobLookup jobs, JobWaits waits, JobAnswers answers, Caller caller) {
        this.queue = queue;
        this.jobs = jobs;
        this.waits = waits;
        this.answers = answers;
        this.caller = caller;
    }

    /** With {@code wait} it is answered when the status changes, or when the time is up. */
    @GET
    public Uni<Response> job(
            @PathParam("id") String id, @QueryParam("wait") String wait, @Context HttpHeaders headers) {
        Duration patience = WaitTime.ofQuery(wait);
        var known = KnownVersions.of(headers);
        // Few steps: this is what pollers ask for all day, and each step of a Uni costs a few per cent of the answer.
        return jobs.find(id).chain(job -> answer(job, known, patience));
    }

    /** What a caller has missed since it asked last is news already. */
    private Uni<Response> answer(Job job, KnownVersions known, Duration patience) {
        boolean waits = !patience.isZero() && !known.areOlderThan(answers.tag(job));
        return waits
                ? this.waits.forStep(job, patience).chain(then -> answers.whole(then, known))
                : answers.whole(job, known);
    }

    @POST
    @Path("cancel")
    @RolesAllowed(Role.MAY_CANCEL)
    @APIResponse(responseCode = "202", ref = "Accepted")
    public Uni<Response> cancel(@PathParam("id") String id) {
        Submitter by = caller.grant().submitter();
        return jobs.toEnd(id)
                .chain(job -> queue.cancel(job, by))
                .map(job -> answers.accepted(job).build());
    }

    /** The same as a cancel: a job that runs must end before it can be forgotten. */
    @DELETE
    @RolesAllowed(Role.MAY_CANCEL)
    @APIResponse(responseCode = "202", ref = "Accepted")
    public Uni<Response> delete(@PathParam("id") String id) {
        return cancel(id);
    }
}
