package io.agentservice.api;

import io.agentservice.access.Caller;
import io.agentservice.access.Grant;
import io.agentservice.access.Role;
import io.agentservice.job.Job;
import io.agentservice.workspace.WorkspaceArchive;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.unchecked.Unchecked;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** What a job left: the changes that it made, and for a while its checkout. */
@Path("/jobs/{id}")
@RolesAllowed(Role.MAY_READ)
public class ChangesResource {

    private final JobLookup jobs;
    private final WorkspaceArchive archive;
    private final AuditTrail trail;
    private final Caller caller;

    ChangesResource(JobLookup jobs, WorkspaceArchive archive, AuditTrail trail, Caller caller) {
        this.jobs = jobs;
        this.trail = trail;
        this.caller = caller;
        this.archive = archive;
    }

    @GET
    @Path("changes")
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<Response> changes(@PathParam("id") String id) {
        return left(id, job -> archive.changes(job.id()), "a checkout");
    }

    @GET
    @Path("diff")
    @Produces("text/x-diff")
    public Uni<Response> diff(@PathParam("id") String id) {
        return left(id, job -> archive.patch(job.id()), "a checkout that could be compared");
    }

    /** The commits that were not pushed, as {@code git bundle} writes them. */
    @GET
    @Path("bundle")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    public Uni<Response> bundle(@PathParam("id") String id) {
        return left(id, job -> archive.bundle(job.id()), "commits that were kept because they were not pushed");
    }

    @DELETE
    @Path("workspace")
    @RolesAllowed(Role.MAY_CANCEL)
    @APIResponse(responseCode = "204")
    public Uni<Response> removeWorkspace(@PathParam("id") String id) {
        Grant by = caller.grant();
        return left(jobs.toEnd(id), job -> removed(job, by), "a workspace that was kept")
                .map(removed -> Response.noContent().build());
    }

    private Optional<Job> removed(Job job, Grant by) throws IOException {
        if (!archive.remove(job.id())) {
            return Optional.empty();
        }
        trail.workspaceDeleted(by, job);
        return Optional.of(job);
    }

    /** Asks the disk. */
    private interface Question<T> {
        Optional<T> of(Job job) throws IOException;
    }

    private <T> Uni<Response> left(String id, Question<T> question, String what) {
        return left(jobs.find(id), question, what);
    }

    private static <T> Uni<Response> left(Uni<Job> found, Question<T> question, String what) {
        return found.invoke(ChangesResource::checkEnded)
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(Unchecked.function(job -> question.of(job).orElseThrow(() -> new NothingLeftException(what))))
                .map(answer ->
                        Response.ok(answer).header("Cache-Control", "no-store").build());
    }

    private static void checkEnded(Job job) {
        if (!job.status().isFinal()) {
            throw new NotEndedException(job.status());
        }
    }
}
