package io.agentservice.access;

import io.agentservice.job.Allowance;
import io.agentservice.job.Submitter;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a caller may do.
 *
 * @param name of the token or of the service account; the submitter of its jobs
 * @param readAll whether it sees the jobs of others
 * @param agents the agents that it may use, by name or by what the name begins with and {@code *}; empty for all
 */
public record Grant(String name, Set<Role> roles, boolean readAll, List<String> agents, Allowance allowance) {

    public Grant {
        Set<Role> all = EnumSet.noneOf(Role.class);
        roles.forEach(role -> all.addAll(role.all()));
        roles = Set.copyOf(all);
        readAll = readAll || roles.contains(Role.ADMIN);
        agents = List.copyOf(agents);
    }

    /** The same for another. */
    Grant named(String other) {
        return new Grant(other, roles, readAll, agents, allowance);
    }

    public Submitter submitter() {
        return new Submitter(name);
    }

    public boolean has(Role role) {
        return roles.contains(role);
    }

    /** Whether it may see the jobs of this submitter. */
    public boolean sees(Submitter other) {
        return readAll || other.name().equals(name);
    }

    public boolean mayUse(String agent) {
        return agents.isEmpty() || agents.stream().anyMatch(pattern -> fits(pattern, agent));
    }

    static boolean fits(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : pattern.equals(name);
    }
}
