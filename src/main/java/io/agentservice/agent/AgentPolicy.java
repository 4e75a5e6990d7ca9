package io.agentservice.agent;

import java.util.Map;
import java.util.Optional;

/**
 * What the operator lets an agent do.
 *
 * @param model the model to use when the job names none; empty leaves it to the agent's definition
 * @param environment variables its process gets besides the service's allow-list
 */
public record AgentPolicy(PermissionMode permissionMode, Optional<String> model, Map<String, String> environment) {

    public AgentPolicy {
        environment = Map.copyOf(environment);
    }
}
