package io.agentservice.access;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a caller may do with the jobs that it sees. */
public enum Role {
    SUBMIT,
    READ,
    /** Ends jobs and deletes what they left. */
    CANCEL,
    /** Answers agents that ask a person. */
    APPROVE,
    /** All of it, with all jobs, and what is of the service: its audit log and its backups. */
    ADMIN;

    // For annotations, which take constants only.
    public static final String MAY_SUBMIT = "submit";
    public static final String MAY_READ = "read";
    public static final String MAY_CANCEL = "cancel";
    public static final String MAY_APPROVE = "approve";
    public static final String IS_ADMIN = "admin";

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Role> fromWireName(String name) {
        return Arrays.stream(values())
                .filter(role -> role.wireName().equals(name))
                .findFirst();
    }

    /** With all that it brings. */
    Set<Role> all() {
        return this == ADMIN ? EnumSet.allOf(Role.class) : EnumSet.of(this);
    }
}
