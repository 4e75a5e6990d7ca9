package io.agentservice.api;

import io.agentservice.workspace.WorkspaceArchive;
import io.agentservice.workspace.WorkspaceDisk;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.unchecked.Unchecked;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.util.List;

/** What jobs use of the disk: the running ones, and the failed ones whose checkout is kept. */
@Path("/workspaces")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
public class WorkspaceResource {

    private final WorkspaceArchive archive;
    private final WorkspaceDisk disk;

    WorkspaceResource(WorkspaceArchive archive, WorkspaceDisk disk) {
        this.archive = archive;
        this.disk = disk;
    }

    record All(List<Running> running, List<Kept> kept, long free_bytes) {}

    /** @param bytes when last measured; 0 before that */
    record Running(String job_id, long bytes) {}

    record Kept(String job_id, String kept_until, long bytes) {

        static Kept of(WorkspaceArchive.Kept kept) {
            return new Kept(kept.job().value(), kept.until().toString(), kept.bytes());
        }
    }

    @GET
    public Uni<All> all() {
        return Uni.createFrom()
                .item(Unchecked.supplier(this::read))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private All read() throws IOException {
        List<Running> running = disk.usedByJob().entrySet().stream()
                .map(entry -> new Running(entry.getKey().value(), entry.getValue()))
                .toList();
        return new All(running, archive.kept().stream().map(Kept::of).toList(), disk.free());
    }
}
