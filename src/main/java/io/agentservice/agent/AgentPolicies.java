package io.agentservice.agent;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the operator says of agents in {@code agents.yaml}, read once at start. */
@Singleton
public final class AgentPolicies {

    private final AgentsFile file;

    /** @throws IllegalArgumentException if the file has a mistake: the service does not start with half a policy */
    @Inject
    public AgentPolicies(AgentConfig config) {
        this(config.file().map(AgentPolicies::read).orElseGet(() -> AgentsFile.parse("", "")));
    }

    AgentPolicies(AgentsFile file) {
        this.file = file;
    }

    /** Policies from the text of an {@code agents.yaml}. */
    public static AgentPolicies parse(String yaml) {
        return new AgentPolicies(AgentsFile.parse(yaml, "agents.yaml"));
    }

    public AgentPolicy of(AgentName name) {
        return file.policyFor(name);
    }

    /** Those of all agents that the file names, and of the others. */
    List<AgentPolicy> all() {
        return file.policies();
    }

    private static AgentsFile read(Path path) {
        try {
            return AgentsFile.parse(Files.readString(path), path.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("could not read AGENTS_FILE " + path, e);
        }
    }
}
