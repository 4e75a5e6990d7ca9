package io.agentservice.workspace;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;

/** Where jobs work and where what belongs to them is kept. */
@ConfigMapping(prefix = "agent-service.workspace")
public interface WorkspaceConfig {

    /** The folder the agents work in (environment: WORKSPACE_DIR). */
    Path directory();

    /** The folder for what the service keeps of its jobs (environment: JOBS_DIR). */
    Path jobsDirectory();
}
