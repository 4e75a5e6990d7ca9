package io.agentservice.workspace;

import io.agentservice.process.Glance;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Says how fresh the mirrors are and how much of the disk is free. Neither is a reason not to answer polls and streams:
 * jobs then run on the last good state, or are refused. A disk that does not answer is one.
 */
@Readiness
@Singleton
final class WorkspaceHealthCheck implements AsyncHealthCheck {

    private static final String NAME = "workspace";
    private static final Duration FRESH = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final WorkspaceTools tools;
    private final WorkspaceDisk disk;
    private final Glance<State> glance;

    WorkspaceHealthCheck(WorkspaceTools tools, WorkspaceDisk disk) {
        this.tools = tools;
        this.disk = disk;
        this.glance = new Glance<>(this::look, FRESH, PATIENCE);
    }

    private record State(long free, Map<String, Optional<MirrorState>> mirrors) {}

    private State look() {
        Map<String, Optional<MirrorState>> mirrors = new TreeMap<>();
        tools.mirrors.known().forEach((name, mirror) -> mirrors.put(name, mirror.state()));
        return new State(disk.free(), mirrors);
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return glance.answer().map(this::describe).onFailure().recoverWithItem(WorkspaceHealthCheck::down);
    }

    private HealthCheckResponse describe(State state) {
        var response = HealthCheckResponse.named(NAME)
                .up()
                .withData("free_bytes", state.free())
                .withData("needed_bytes", disk.needed())
                .withData("low_disk", state.free() < disk.needed());
        state.mirrors().forEach((name, mirror) -> describe(name, mirror, response));
        return response.build();
    }

    private void describe(String name, Optional<MirrorState> mirror, HealthCheckResponseBuilder response) {
        response.withData(
                name + "_fetched",
                mirror.map(known -> known.fetchedAt().toString()).orElse("never"));
        mirror.ifPresent(known -> response.withData(name + "_age_seconds", known.ageSeconds(tools.clock.instant())));
        mirror.flatMap(MirrorState::failure).ifPresent(why -> response.withData(name + "_error", why));
    }

    private static HealthCheckResponse down(Throwable failure) {
        String why = failure instanceof TimeoutException
                ? "the disk of JOBS_DIR gives no answer in " + PATIENCE.toSeconds() + " s"
                : String.valueOf(failure.getMessage());
        return HealthCheckResponse.named(NAME).down().withData("error", why).build();
    }
}
