package io.agentservice.api;

import io.agentservice.access.Role;
import io.agentservice.store.JobCursor;
import io.agentservice.store.JobPage;
import io.agentservice.store.JobStore;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/** The jobs there are, newest first. */
@Path("/")
@RolesAllowed(Role.MAY_READ)
@Produces(MediaType.APPLICATION_JSON)
public class JobListResource {

    private static final String CURSOR = "cursor";

    private final JobLookup jobs;
    private final JobStore store;
    private final StatusNames names;

    JobListResource(JobLookup jobs, JobStore store, StatusNames names) {
        this.jobs = jobs;
        this.store = store;
        this.names = names;
    }

    @GET
    @Path("jobs")
    public Uni<Response> jobs(@Context UriInfo request) {
        MultivaluedMap<String, String> parameters = request.getQueryParameters();
        // Encoded where the store was read: two hundred jobs may be megabytes of metadata.
        return store.list(jobs.visible(JobListRequest.parse(parameters))).map(page -> response(page, parameters));
    }

    private Response response(JobPage page, MultivaluedMap<String, String> parameters) {
        var response = Response.ok(JobListJson.encode(page, names)).header("Cache-Control", "no-store");
        page.next()
                .map(cursor -> "<%s>; rel=\"next\"".formatted(next(parameters, cursor)))
                .ifPresent(link -> response.header("Link", link));
        return response.build();
    }

    private static String next(MultivaluedMap<String, String> parameters, JobCursor cursor) {
        var query = new StringJoiner("&", "/jobs?", "");
        parameters.forEach((name, values) -> {
            if (!name.equals(CURSOR)) {
                values.forEach(value -> query.add(encode(name) + "=" + encode(value)));
            }
        });
        return query.add(CURSOR + "=" + cursor.encode()).toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
