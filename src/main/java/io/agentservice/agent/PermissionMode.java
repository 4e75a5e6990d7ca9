package io.agentservice.agent;

import java.util.Arrays;

/** What the CLI does with a tool call that no rule decides; the names are those of its {@code --permission-mode}. */
public enum PermissionMode {
    DEFAULT("default"),
    ACCEPT_EDITS("acceptEdits"),
    AUTO("auto"),
    BYPASS_PERMISSIONS("bypassPermissions"),
    DONT_ASK("dontAsk"),
    MANUAL("manual"),
    PLAN("plan");

    private final String cliName;

    PermissionMode(String cliName) {
        this.cliName = cliName;
    }

    /** @throws IllegalArgumentException if the CLI has no such mode */
    static PermissionMode fromCliName(String name) {
        return Arrays.stream(values())
                .filter(mode -> mode.cliName.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of "
                        + String.join(
                                ", ",
                                Arrays.stream(values())
                                        .map(PermissionMode::cliName)
                                        .toList())));
    }

    String cliName() {
        return cliName;
    }
}
