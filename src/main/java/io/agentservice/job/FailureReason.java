package io.agentservice.job;

import java.util.Locale;

/** Why a job ended other than well. A closed list, so that it can be a metric label and a script's {@code case}. */
public enum FailureReason {
    /** Its directory could not be made ready. */
    WORKSPACE,
    /** The agent's process could not be started, or ended before it said anything. */
    START,
    /** The CLI does not know the agent. */
    UNKNOWN_AGENT,
    /** The model's API refused the request or stayed unreachable. */
    API_ERROR,
    /** The API refused the credential. */
    AUTHENTICATION,
    /** A secret that it is to have cannot be had. */
    MISSING_SECRET,
    /** The account's usage limit is spent. */
    USAGE_LIMIT,
    /** The job's own budget is spent. */
    BUDGET,
    /** The agent took as many turns as it may. */
    MAX_TURNS,
    /** The agent ended with an error of another kind. */
    AGENT_ERROR,
    /** The process ended without a result. */
    NO_RESULT,
    /** It ended well, but not in the form that the job asked for. */
    NO_STRUCTURED_OUTPUT,
    /** What the agent said could not be recorded, so it was ended. */
    RECORDING,
    /** The wall-clock timeout passed. */
    WALL_CLOCK,
    /** Nothing came from the agent for too long, and no tool call was open. */
    IDLE,
    /** One tool call took too long. */
    TOOL_CALL,
    /** Its folders grew beyond what its policy allows. */
    DISK,
    /** A caller cancelled it. */
    CANCELLED,
    /** The service stopped or crashed under it. */
    INTERRUPTED,
    /** A fault of the service itself. */
    INTERNAL;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if no reason is spelled like that */
    public static FailureReason fromWireName(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
