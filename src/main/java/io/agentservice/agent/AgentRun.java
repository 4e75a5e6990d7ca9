package io.agentservice.agent;

import io.agentservice.job.Job;
import io.agentservice.process.Sandbox;
import io.agentservice.workspace.Workspace;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Everything that one run of an agent needs to know.
 *
 * @param sandbox the one in force for it
 */
public record AgentRun(Job job, Workspace workspace, AgentPolicy policy, Sandbox sandbox, Start start, Given given) {

    /** @param goesOn whether an earlier run has begun the conversation */
    public record Start(Instant at, boolean goesOn) {}

    /**
     * What its process gets, and no other.
     *
     * @param credential the one of several with which it talks to the model; empty if its policy has its own, or none is
     *     known
     * @param secrets those that its policy names
     * @param telemetry variables that connect what it traces with the job's trace
     * @param hidden where secrets of others lie, which it must not see
     */
    public record Given(
            Map<String, String> credential,
            Map<String, String> secrets,
            Map<String, String> telemetry,
            List<Path> hidden) {

        public static final Given NOTHING = new Given(Map.of(), Map.of(), Map.of(), List.of());

        public Given {
            credential = Map.copyOf(credential);
            secrets = Map.copyOf(secrets);
            telemetry = Map.copyOf(telemetry);
            hidden = List.copyOf(hidden);
        }

        @Override
        public String toString() {
            return "Given[credential=%s, secrets=%s]".formatted(credential.keySet(), secrets.keySet());
        }
    }
}
