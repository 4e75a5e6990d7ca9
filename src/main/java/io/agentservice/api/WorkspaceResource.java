package io.agentservice.api;

import io.agentservice.access.Caller;
import io.agentservice.access.Grant;
import io.agentservice.access.Role;
import io.agentservice.workspace.WorkspaceArchive;
import io.agentservice.workspace.WorkspaceDisk;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.unchecked.Unchecked;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What jobs use of the disk: the running ones, and the failed ones whose checkout is kept. */
@Path("/workspaces")
@RolesAllowed(Role.MAY_READ)
@Produces(MediaType.APPLICATION_JSON)
public class WorkspaceResource {

    private final WorkspaceArchive archive;
    private final WorkspaceDisk disk;
    private final JobLookup jobs;
    private final Caller caller;

    WorkspaceResource(WorkspaceArchive archive, WorkspaceDisk disk, JobLookup jobs, Caller caller) {
        this.jobs = jobs;
        this.caller = caller;
        this.archive = archive;
        this.disk = disk;
    }

    record All(List<Running> running, List<Kept> kept, long free_bytes) {

        Set<String> ids() {
            return Stream.concat(
                            running.stream().map(Running::job_id), kept.stream().map(Kept::job_id))
                    .collect(Collectors.toSet());
        }

        All only(Set<String> jobs) {
            return new All(
                    running.stream().filter(one -> jobs.contains(one.job_id())).toList(),
                    kept.stream().filter(one -> jobs.contains(one.job_id())).toList(),
                    free_bytes);
        }
    }

    /** @param bytes when last measured; 0 before that */
    record Running(String job_id, long bytes) {}

    record Kept(String job_id, String kept_until, long bytes) {

        static Kept of(WorkspaceArchive.Kept kept) {
            return new Kept(kept.job().value(), kept.until().toString(), kept.bytes());
        }
    }

    @GET
    public Uni<All> all() {
        Grant grant = caller.grant();
        return Uni.createFrom()
                .item(Unchecked.supplier(this::read))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .chain(all -> jobs.visible(all.ids(), grant).map(all::only));
    }

    private All read() throws IOException {
        List<Running> running = disk.usedByJob().entrySet().stream()
                .map(entry -> new Running(entry.getKey().value(), entry.getValue()))
                .toList();
        return new All(running, archive.kept().stream().map(Kept::of).toList(), disk.free());
    }
}
