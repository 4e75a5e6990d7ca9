package io.agentservice.agent;

import java.util.List;
import java.util.Optional;

/**
 * An agent as its file in the workspace describes it.
 *
 * @param tools the tools it may use; empty means all
 */
public record AgentDefinition(AgentName name, String description, Optional<String> model, List<String> tools) {

    public AgentDefinition {
        tools = List.copyOf(tools);
    }

    public boolean mayUse(String tool) {
        return tools.isEmpty() || tools.contains(tool) || tools.contains("*");
    }
}
