package io.agentservice.api;

import io.agentservice.agent.AgentName;
import io.agentservice.queue.AlreadyFinalException;
import io.agentservice.queue.KeyReusedException;
import io.agentservice.queue.PolicyException;
import io.agentservice.queue.RefusedException;
import io.agentservice.queue.UnknownAgentException;
import io.agentservice.store.BackupUnderwayException;
import io.agentservice.store.JobGoneException;
import io.agentservice.store.StoreException;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.util.List;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Every error leaves as {@code application/problem+json}, and all of it is here; those of who may not come in are in
 * {@link AccessMappers}.
 */
@Singleton
final class ProblemMappers {

    private static final Logger LOG = Logger.getLogger(ProblemMappers.class);
    private static final String STORE_RETRY_SECONDS = "10";

    private final Routes routes;
    private final CurrentVertxRequest current;

    ProblemMappers(Routes routes, CurrentVertxRequest current) {
        this.routes = routes;
        this.current = current;
    }

    @ServerExceptionMapper
    public Response invalid(InvalidRequestException e) {
        return Problem.of(400, "invalid-request", "The request is not valid", e.getMessage())
                .withErrors(e.violations())
                .response()
                .build();
    }

    @ServerExceptionMapper
    public Response unknownJob(JobNotFoundException e) {
        return Problem.of(404, "job-not-found", "No such job", e.getMessage())
                .response()
                .build();
    }

    @ServerExceptionMapper
    public Response goneJob(JobGoneException e) {
        return Problem.of(410, "job-gone", "The job was removed", e.getMessage())
                .response()
                .build();
    }

    @ServerExceptionMapper
    public Response nothingLeft(NothingLeftException e) {
        return Problem.of(404, "nothing-left", "The job left no such thing", e.getMessage())
                .response()
                .build();
    }

    @ServerExceptionMapper
    public Response keyReused(KeyReusedException e) {
        return Problem.of(409, "idempotency-key-reused", "The key belongs to another request", e.getMessage())
                .response()
                .build();
    }

    @ServerExceptionMapper
    public Response notEnded(NotEndedException e) {
        return Problem.of(409, "not-ended", "The job has not ended", e.getMessage())
                .withJobStatus(e.status().wireName())
                .response()
                .build();
    }

    @ServerExceptionMapper
    public Response unknownAgent(UnknownAgentException e) {
        List<String> known = e.known().stream().map(AgentName::value).toList();
        String instead = known.isEmpty()
                ? "the workspace has no agents: add one as .claude/agents/NAME.md with 'name: NAME' in its front matter"
                : "use one of " + String.join(", ", known);
        return Problem.of(
                        422,
                        "unknown-agent",
                        "No such agent",
                        "the workspace has no agent named '%s': %s".formatted(e.asked(), instead))
                .withAgents(known)
                .response()
                .build();
    }

    @ServerExceptionMapper
    public Response notTaken(RefusedException e) {
        Problem problem =
                switch (e.reason()) {
                    case QUEUE_FULL -> Problem.of(429, "queue-full", "Too many jobs are waiting", e.getMessage());
                    case RATE_EXCEEDED ->
                        Problem.of(429, "rate-exceeded", "Too many jobs of this agent", e.getMessage());
                    case ALLOWANCE_SPENT ->
                        Problem.of(429, "allowance-spent", "Too many jobs of this caller", e.getMessage());
                    case NOT_READY ->
                        Problem.of(503, "not-ready", "The agent's repository is not there", e.getMessage());
                    case LOW_DISK -> Problem.of(503, "low-disk", "The disk is nearly full", e.getMessage());
                    case NOT_ACCEPTING -> Problem.of(503, "not-accepting", "No jobs are taken now", e.getMessage());
                };
        return problem.response()
                .header("Retry-After", Math.max(1, e.retryAfter().toSeconds()))
                .build();
    }

    @ServerExceptionMapper
    public Response againstPolicy(PolicyException e) {
        return Problem.of(403, "against-policy", "More than the agent may have", e.getMessage())
                .response()
                .build();
    }

    @ServerExceptionMapper
    public Response alreadyFinal(AlreadyFinalException e) {
        String status = e.job().status().wireName();
        return Problem.of(409, "already-final", "The job has ended", "the job is already %s".formatted(status))
                .withJobStatus(status)
                .response()
                .build();
    }

    @ServerExceptionMapper
    public Response store(StoreException e) {
        // A store that is away fails every request: one line each must do, unless it is our own fault.
        LOG.errorf(
                e.kind() == StoreException.Kind.OTHER ? e : null,
                "a request failed because the job store did: %s",
                e.getMessage());
        return Problem.of(503, "store-unavailable", "The job store is unavailable", e.getMessage())
                .response()
                .header("Retry-After", STORE_RETRY_SECONDS)
                .build();
    }

    @ServerExceptionMapper
    public Response backupUnderway(BackupUnderwayException e) {
        return Problem.of(409, "backup-underway", "One backup at a time", e.getMessage())
                .response()
                .build();
    }

    /** What JAX-RS itself refuses: an unknown path, another method, another media type. */
    @ServerExceptionMapper
    public Response jaxRs(WebApplicationException e, UriInfo request) {
        Response original = e.getResponse();
        int status = original.getStatus();
        if (status < 400 || original.hasEntity()) {
            return original;
        }
        Response.ResponseBuilder response = plain(original).response();
        return status == 405
                ? response.header(
                                "Allow",
                                String.join(
                                        ", ",
                                        routes.methodsOf(
                                                request.getAbsolutePath().getPath())))
                        .build()
                : response.build();
    }

    private static Problem plain(Response original) {
        int status = original.getStatus();
        return switch (status) {
            case 404 -> Problem.of(404, "not-found", "Nothing is here", "no resource has this path");
            case 405 -> Problem.of(405, "method-not-allowed", "Not this method", "see the header Allow");
            case 406 -> Problem.of(406, "not-acceptable", "Not in that form", "ask for application/json");
            case 415 ->
                Problem.of(415, "unsupported-media-type", "Not in that form", "send Content-Type: application/json");
            default ->
                Problem.of(status, "http-" + status, original.getStatusInfo().getReasonPhrase(), null);
        };
    }

    /** A body of unknown length that became too long: the server has answered and hung up while it was being read. */
    private boolean isAnswered(Throwable e) {
        RoutingContext request = current.getCurrent();
        return e instanceof IOException && request != null && request.response().headWritten();
    }

    @ServerExceptionMapper
    public Response fault(Throwable e) {
        if (isAnswered(e)) {
            LOG.debugf("a body was not read to its end: %s", e.getMessage());
            return Response.status(413).build();
        }
        LOG.error("a request failed", e);
        return Problem.of(500, "internal", "A fault of the service", "its log says more")
                .response()
                .build();
    }
}
