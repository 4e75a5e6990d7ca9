package io.agentservice.process;

import jakarta.inject.Singleton;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Says which sandbox is in force; the weakest is a reason to look, not to stop. */
@Readiness
@Singleton
final class SandboxHealthCheck implements HealthCheck {

    private final Sandboxes sandboxes;

    SandboxHealthCheck(Sandboxes sandboxes) {
        this.sandboxes = sandboxes;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("sandbox")
                .up()
                .withData("best", sandboxes.best().wireName())
                .withData(
                        "available",
                        sandboxes.available().stream().map(Sandbox::wireName).collect(Collectors.joining(" ")))
                .withData("enforced_by_kernel", sandboxes.best().isEnforcedByKernel())
                .build();
    }
}
