package io.agentservice.agent;

import io.agentservice.job.Delta;
import io.agentservice.job.JobEvent;
import io.agentservice.job.Outcome;
import io.agentservice.job.RunCost;
import io.agentservice.process.OutputLine;
import io.agentservice.process.ProcessExit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One conversation with one process. Called from one thread at a time. */
public interface AgentConversation {

    /** Says the first words. */
    void begin();

    /** Understands a line and answers it where an answer is due. Never fails for what a line holds. */
    Reading read(OutputLine line);

    /** Asks the agent to stop and give its result so far. */
    void interrupt();

    /** Whether the agent has given its last result and only has to exit. */
    boolean isOver();

    /** Whether the API has refused the credential that it was given, where there may be another. */
    boolean isRefused();

    /** The tool calls that have begun and not ended, but for those that only wait for a sub-agent. */
    Set<String> openToolCalls();

    /** How the run ended, judged by what was said. */
    Outcome outcome(ProcessExit exit);

    /** What the run has cost, apart from earlier runs. Blocks. */
    RunCost cost();

    /** When the usage limit that ended the run is lifted, if the API said so. */
    Optional<Instant> limitedUntil();

    /**
     * What a line means.
     *
     * @param events what is recorded of it, in order
     * @param deltas what is only shown
     */
    record Reading(List<JobEvent> events, List<Delta> deltas) {

        static final Reading NOTHING = new Reading(List.of(), List.of());

        static Reading of(JobEvent event) {
            return new Reading(List.of(event), List.of());
        }
    }
}
