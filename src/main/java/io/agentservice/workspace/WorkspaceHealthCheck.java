package io.agentservice.workspace;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Says how fresh the mirrors are and how much of the disk is free. Neither is a reason not to answer polls and streams:
 * jobs then run on the last good state, or are refused.
 */
@Readiness
@Singleton
final class WorkspaceHealthCheck implements HealthCheck {

    private final WorkspaceTools tools;
    private final WorkspaceDisk disk;

    WorkspaceHealthCheck(WorkspaceTools tools, WorkspaceDisk disk) {
        this.tools = tools;
        this.disk = disk;
    }

    @Override
    public HealthCheckResponse call() {
        long free = disk.free();
        var response = HealthCheckResponse.named("workspace")
                .up()
                .withData("free_bytes", free)
                .withData("low_disk", free < disk.needed());
        tools.mirrors.known().forEach((name, mirror) -> describe(name, mirror, response));
        return response.build();
    }

    private void describe(String name, GitMirror mirror, HealthCheckResponseBuilder response) {
        var state = mirror.state();
        response.withData(
                name + "_fetched",
                state.map(known -> known.fetchedAt().toString()).orElse("never"));
        state.flatMap(MirrorState::failure).ifPresent(why -> response.withData(name + "_error", why));
    }
}
