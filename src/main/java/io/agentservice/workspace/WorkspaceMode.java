package io.agentservice.workspace;

/** What a job works in. */
public enum WorkspaceMode {
    /** A checkout of its own, made for it and gone afterwards. */
    GIT,
    /** The folder WORKSPACE_DIR itself, with whatever earlier jobs left there. */
    DIRECTORY,
    /** An empty folder of its own. */
    EMPTY
}
