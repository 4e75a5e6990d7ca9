package io.agentservice.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentservice.access.Caller;
import io.agentservice.access.Grant;
import io.agentservice.access.Role;
import io.agentservice.job.JobId;
import io.agentservice.store.AuditLog;
import io.agentservice.store.AuditPage;
import io.agentservice.store.AuditQuery;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;

/** Who did what, newest first. That it was read is in it, too. */
@Path("/audit")
@RolesAllowed(Role.IS_ADMIN)
@Produces(MediaType.APPLICATION_JSON)
public class AuditResource {

    private final AuditLog log;
    private final AuditTrail trail;
    private final Caller caller;

    AuditResource(AuditLog log, AuditTrail trail, Caller caller) {
        this.log = log;
        this.trail = trail;
        this.caller = caller;
    }

    /** @param next_cursor null on the last page */
    record Entries(List<Entry> entries, String next_cursor) {

        static Entries of(AuditPage page) {
            String next = page.next().isPresent() ? Long.toString(page.next().getAsLong()) : null;
            return new Entries(page.entries().stream().map(Entry::of).toList(), next);
        }
    }

    /** @param job_id absent if it is about no job */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Entry(long position, String at, String who, String action, String job_id, Map<String, String> details) {

        static Entry of(AuditPage.Recorded recorded) {
            var entry = recorded.entry();
            return new Entry(
                    recorded.position(),
                    entry.at().toString(),
                    entry.who(),
                    entry.action().wireName(),
                    entry.job().map(JobId::value).orElse(null),
                    entry.details());
        }
    }

    @GET
    public Uni<Entries> entries(@Context UriInfo request) {
        AuditQuery query = AuditRequest.parse(request.getQueryParameters());
        Grant by = caller.grant();
        return log.page(query).map(Entries::of).invoke(entries -> trail.auditRead(by));
    }
}
