package io.agentservice.access;

import io.agentservice.job.Allowance;
import jakarta.inject.Singleton;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What API_BEARER_TOKEN may do, wherever its value comes from. */
@Singleton
public final class SimpleToken {

    /** The submitter of the jobs of all services before there were names. */
    private static final String NAME = "api";

    private final AccessConfig config;

    SimpleToken(AccessConfig config) {
        this.config = config;
    }

    /** @throws IllegalArgumentException if the value cannot be a token */
    public NamedToken of(String value) {
        return NamedToken.of(grant(), List.of(value));
    }

    /** Who has nothing but this one token is the operator. */
    private Grant grant() {
        Set<Role> roles = isOnlyWayIn() ? EnumSet.of(Role.ADMIN) : EnumSet.of(Role.SUBMIT, Role.READ, Role.CANCEL);
        return new Grant(NAME, roles, true, List.of(), Allowance.UNLIMITED);
    }

    private boolean isOnlyWayIn() {
        return config.tokens().isEmpty()
                && config.tokensFile().isEmpty()
                && config.serviceAccounts().issuer().isEmpty();
    }
}
