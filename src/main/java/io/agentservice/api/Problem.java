package io.agentservice.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.Response;
import java.util.List;

/**
 * An error as callers read it (RFC 9457).
 *
 * @param type stable: scripts may compare it
 * @param detail what is wrong and what to change
 * @param errors each thing wrong with a request, where there may be several
 */
// No resource says in its signature that it answers with one: a native executable would know nothing of its fields.
@RegisterForReflection(targets = {Problem.class, Problem.Violation.class, Problem.Extra.class})
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record Problem(
        String type,
        String title,
        int status,
        String detail,
        List<Violation> errors,
        @JsonUnwrapped Extra extra) {

    private static final String MEDIA_TYPE = "application/problem+json";
    private static final String TYPE_PREFIX = "urn:claude-agent-service:problem:";

    /** @param field the field's path in the request */
    record Violation(String field, String message) {}

    /**
     * What only some problems have.
     *
     * @param agents what could have been asked for instead
     * @param jobStatus where the job stands that the problem is about
     * @param reason why that job ended so
     * @param error the same as a sentence
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Extra(
            List<String> agents, @JsonProperty("job_status") String jobStatus, String reason, String error) {

        static final Extra NOTHING = new Extra(List.of(), "", "", "");
    }

    static Problem of(int status, String type, String title, String detail) {
        return new Problem(TYPE_PREFIX + type, title, status, detail, List.of(), Extra.NOTHING);
    }

    Problem withErrors(List<Violation> violations) {
        return new Problem(type, title, status, detail, List.copyOf(violations), extra);
    }

    Problem withAgents(List<String> names) {
        return new Problem(type, title, status, detail, errors, new Extra(List.copyOf(names), "", "", ""));
    }

    Problem withJobStatus(String jobStatus) {
        return withJobEnd(jobStatus, "", "");
    }

    Problem withJobEnd(String jobStatus, String reason, String error) {
        return new Problem(type, title, status, detail, errors, new Extra(List.of(), jobStatus, reason, error));
    }

    Response.ResponseBuilder response() {
        return Response.status(status).type(MEDIA_TYPE).entity(this);
    }

    /** Answers with it where no resource is asked. */
    Future<Void> send(RoutingContext request, ObjectMapper json) {
        try {
            return request.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", MEDIA_TYPE)
                    .end(json.writeValueAsString(this));
        } catch (JsonProcessingException e) {
            request.fail(e);
            return Future.failedFuture(e);
        }
    }
}
