package io.agentservice.agent;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the CLI does with a tool call that no rule decides; the names are those of its {@code --permission-mode}. */
public enum PermissionMode {
    @JsonProperty("default")
    DEFAULT("default"),
    @JsonProperty("acceptEdits")
    ACCEPT_EDITS("acceptEdits"),
    @JsonProperty("auto")
    AUTO("auto"),
    @JsonProperty("bypassPermissions")
    BYPASS_PERMISSIONS("bypassPermissions"),
    @JsonProperty("dontAsk")
    DONT_ASK("dontAsk"),
    @JsonProperty("manual")
    MANUAL("manual"),
    @JsonProperty("plan")
    PLAN("plan");

    private final String cliName;

    PermissionMode(String cliName) {
        this.cliName = cliName;
    }

    String cliName() {
        return cliName;
    }
}
