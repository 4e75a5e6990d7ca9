package io.agentservice.agent;

import io.agentservice.job.Job;
import io.agentservice.job.Outcome;
import io.agentservice.job.RunCost;
import io.agentservice.process.ProcessSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A program that runs an agent: how it is started and how one talks to it. */
public interface AgentCli {

    /**
     * Looks at what earlier runs of the job have left of the conversation, and removes what cannot go on. Blocks.
     *
     * @param conversation the job's CLAUDE_CONFIG_DIR
     */
    AgentRun.Start prepare(Job job, Path conversation, Instant now);

    /** The process to start for a run. */
    ProcessSpec command(AgentRun run);

    /**
     * Opens the conversation with a process that was started.
     *
     * @param input takes lines for its stdin, see {@link AgentInput}
     */
    AgentConversation converse(AgentRun run, AgentInput input);

    /**
     * Makes out how a run went that nobody saw to its end. Blocks.
     *
     * @param conversation the job's CLAUDE_CONFIG_DIR
     * @param recorded the lines of it that were recorded, as the CLI wrote them
     */
    Recollection recall(Job job, Path conversation, AgentRun.Start start, List<String> recorded);

    /**
     * What is known of a run that nobody saw to its end.
     *
     * @param outcome how it ended, if it had given its last result
     * @param limitedUntil see {@link AgentConversation#limitedUntil}
     */
    record Recollection(Optional<Outcome> outcome, Optional<Instant> limitedUntil, RunCost cost) {}

    /** The way to a process's stdin. Neither method waits. */
    record AgentInput(Consumer<String> send, Runnable close) {}
}
