package io.agentservice.agent;

import io.agentservice.process.ProcessSpec;
import java.util.function.Consumer;

/** A program that runs an agent: how it is started and how one talks to it. */
public interface AgentCli {

    /** The process to start for a run. */
    ProcessSpec command(AgentRun run);

    /**
     * Opens the conversation with a process that was started.
     *
     * @param input takes lines for its stdin, see {@link AgentInput}
     */
    AgentConversation converse(AgentRun run, AgentInput input);

    /** The way to a process's stdin. Neither method waits. */
    record AgentInput(Consumer<String> send, Runnable close) {}
}
