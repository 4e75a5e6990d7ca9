package io.agentservice.agent;

import jakarta.inject.Singleton;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while there is a CLI to run. */
@Readiness
@Singleton
final class ClaudeHealthCheck implements HealthCheck {

    private final String binary;

    ClaudeHealthCheck(AgentConfig config) {
        this.binary = config.claudeBinary();
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("claude").withData("binary", binary);
        Optional<Path> found = find();
        found.ifPresent(path -> response.withData("found", path.toString()));
        return response.status(found.isPresent()).build();
    }

    /** As the operating system would look: a path as it is, a name on PATH. */
    private Optional<Path> find() {
        if (binary.contains(File.separator)) {
            return Optional.of(Path.of(binary)).filter(Files::isExecutable);
        }
        return Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, binary))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
