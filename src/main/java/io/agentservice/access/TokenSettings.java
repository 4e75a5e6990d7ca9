package io.agentservice.access;

import io.agentservice.job.Allowance;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What is written about a token or an account, wherever that is, as what it may do. */
final class TokenSettings {

    private static final Pattern AGENT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*\\*?|\\*");
    private static final String ALL = "all";
    private static final String OWN = "own";

    private TokenSettings() {}

    /** @throws IllegalArgumentException that says what to write instead */
    static Grant grant(String name, AccessConfig.Rights rights) {
        var allowance = new Allowance(rights.maxUnfinished(), rights.maxPerHour());
        return grant(name, rights.roles(), rights.read(), rights.agents(), allowance);
    }

    /**
     * @param read {@code own} or {@code all}
     * @throws IllegalArgumentException that says what to write instead
     */
    static Grant grant(
            String name, List<String> roles, String read, Optional<List<String>> agents, Allowance allowance) {
        if (!read.equals(ALL) && !read.equals(OWN)) {
            throw wrong(name, "read is 'own' or 'all'");
        }
        List<String> patterns = new ArrayList<>();
        for (String agent : agents.orElse(List.of("*"))) {
            if (!AGENT.matcher(agent).matches()) {
                throw wrong(name, "agents are names, or what names begin with and '*'");
            }
            patterns.add(agent);
        }
        if (patterns.isEmpty()) {
            throw wrong(name, "agents names at least one; leave it out to allow all");
        }
        return new Grant(name, roles(name, roles), read.equals(ALL), patterns, allowance);
    }

    private static Set<Role> roles(String name, List<String> written) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (String role : written) {
            roles.add(Role.fromWireName(role)
                    .orElseThrow(() -> wrong(name, "roles are submit, read, cancel, approve, admin")));
        }
        if (roles.isEmpty()) {
            throw wrong(name, "it has no roles: name some of submit, read, cancel, approve, admin");
        }
        return roles;
    }

    private static IllegalArgumentException wrong(String name, String what) {
        return new IllegalArgumentException("'%s': %s".formatted(name, what));
    }
}
