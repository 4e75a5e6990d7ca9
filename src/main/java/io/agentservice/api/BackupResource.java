package io.agentservice.api;

import io.agentservice.access.Caller;
import io.agentservice.access.Grant;
import io.agentservice.access.Role;
import io.agentservice.queue.JobQueue;
import io.agentservice.store.StoreBackup;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** For the operator: a copy of the store while it is in use; see docs/operations.md. */
@Path("/admin/backup")
@RolesAllowed(Role.IS_ADMIN)
@Produces(MediaType.APPLICATION_JSON)
public class BackupResource {

    private final StoreBackup store;
    private final AuditTrail trail;
    private final Caller caller;

    BackupResource(StoreBackup store, AuditTrail trail, Caller caller) {
        this.trail = trail;
        this.caller = caller;
        this.store = store;
    }

    /** @param path where it lies, on the service's machine */
    @RegisterForReflection // No signature names it, so a native executable has to be told.
    record Made(String path, long bytes, double seconds) {}

    /** Answers when the copy is on the disk; it is finished also for a caller who hangs up. */
    @POST
    @APIResponse(responseCode = "201")
    public Uni<Response> backup() {
        Grant by = caller.grant();
        return JobQueue.seenThrough(store.backup().invoke(backup -> trail.backupTaken(by, backup.file())))
                .map(BackupResource::made);
    }

    private static Response made(StoreBackup.Backup backup) {
        var body =
                new Made(backup.file().toString(), backup.bytes(), backup.took().toMillis() / 1000.0);
        return Response.status(Response.Status.CREATED).entity(body).build();
    }
}
