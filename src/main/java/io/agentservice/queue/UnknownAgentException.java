package io.agentservice.queue;

import io.agentservice.agent.AgentName;
import java.util.List;

/** A job was asked for of an agent that the workspace does not have. */
public final class UnknownAgentException extends RuntimeException {

    private final AgentName asked;
    private final List<AgentName> known;

    UnknownAgentException(AgentName asked, List<AgentName> known) {
        super("no agent is named " + asked);
        this.asked = asked;
        this.known = List.copyOf(known);
    }

    public AgentName asked() {
        return asked;
    }

    public List<AgentName> known() {
        return known;
    }
}
