package io.agentservice.api;

import io.agentservice.store.StoreBackup;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** For the operator: a copy of the store while it is in use; see docs/operations.md. */
@Path("/admin/backup")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
public class BackupResource {

    private final StoreBackup store;

    BackupResource(StoreBackup store) {
        this.store = store;
    }

    /** @param path where it lies, on the service's machine */
    record Made(String path, long bytes, double seconds) {}

    /** Answers when the copy is on the disk; it is finished also for a caller who hangs up. */
    @POST
    @APIResponse(responseCode = "201")
    public Uni<Response> backup() {
        return store.backup().map(BackupResource::made);
    }

    private static Response made(StoreBackup.Backup backup) {
        var body =
                new Made(backup.file().toString(), backup.bytes(), backup.took().toMillis() / 1000.0);
        return Response.status(Response.Status.CREATED).entity(body).build();
    }
}
