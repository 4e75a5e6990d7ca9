package io.agentservice.agent;

import io.agentservice.process.Glance;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while there is a CLI that runs. */
@Readiness
@Singleton
final class ClaudeHealthCheck implements AsyncHealthCheck {

    private static final String NAME = "claude";
    private static final Duration FRESH = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final String binary;
    private final Glance<ClaudeBinary.Finding> glance;

    ClaudeHealthCheck(AgentConfig config, ClaudeBinary claude) {
        this.binary = config.claudeBinary();
        this.glance = new Glance<>(claude::look, FRESH, PATIENCE);
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return glance.answer().map(this::describe).onFailure().recoverWithItem(this::down);
    }

    private HealthCheckResponse describe(ClaudeBinary.Finding finding) {
        var response = HealthCheckResponse.named(NAME).withData("binary", binary);
        finding.path().ifPresent(path -> response.withData("found", path.toString()));
        finding.version().ifPresent(version -> response.withData("version", version));
        finding.error().ifPresent(error -> response.withData("error", error));
        return response.status(finding.version().isPresent()).build();
    }

    private HealthCheckResponse down(Throwable failure) {
        String why = failure instanceof TimeoutException
                ? "no answer to --version in " + PATIENCE.toSeconds() + " s"
                : String.valueOf(failure.getMessage());
        return HealthCheckResponse.named(NAME)
                .down()
                .withData("binary", binary)
                .withData("error", why)
                .build();
    }
}
