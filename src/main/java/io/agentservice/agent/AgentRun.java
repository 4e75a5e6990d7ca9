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
public record AgentRun(
        Job job, Workspace workspace, AgentPolicy policy, Sandbox sandbox, Start start, Secrets secrets) {

    /** @param goesOn whether an earlier run has begun the conversation */
    public record Start(Instant at, boolean goesOn) {}

    /**
     * Variables with secrets that its process gets, and no other.
     *
     * @param credential the one of several with which it talks to the model; empty if its policy has its own, or none is
     *     known
     * @param named those that its policy names
     * @param hidden where secrets of others lie, which it must not see
     */
    public record Secrets(Map<String, String> credential, Map<String, String> named, List<Path> hidden) {

        public static final Secrets NONE = new Secrets(Map.of(), Map.of(), List.of());

        public Secrets {
            credential = Map.copyOf(credential);
            named = Map.copyOf(named);
            hidden = List.copyOf(hidden);
        }

        @Override
        public String toString() {
            return "Secrets[credential=%s, named=%s]".formatted(credential.keySet(), named.keySet());
        }
    }
}
