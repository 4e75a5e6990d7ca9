package io.agentservice.agent;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/** Which CLI is run and what is said of agents. */
@ConfigMapping(prefix = "agent-service.agent")
public interface AgentConfig {

    /** The Claude Code CLI: a path, or a name on PATH (environment: CLAUDE_BIN). */
    String claudeBinary();

    /** What is said of agents (environment: AGENTS_FILE); without it every agent has the defaults. */
    Optional<Path> file();

    /** The model's API, or a stand-in for it (environment: ANTHROPIC_BASE_URL). */
    Optional<String> apiBaseUrl();

    /** The longest line of the CLI that is kept whole, in bytes; a longer one is cut. */
    int maxLineBytes();
}
