package io.agentservice.queue;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a queued job stands.
 *
 * @param position 1 is next
 * @param until when what it waits for is over, where that is known
 */
public record Waiting(int position, Reason reason, Optional<Instant> until) {

    /** What a job waits for. */
    public enum Reason {
        /** A free place to run. */
        CAPACITY,
        /** Its agent runs as many jobs as it may. */
        AGENT_LIMIT,
        /** Its agent has started as many jobs as it may for now. */
        START_RATE,
        /** Another job with the same key runs. */
        CONCURRENCY_KEY,
        /** Another job works in the folder that it needs for itself. */
        WORKSPACE,
        /** The account's usage limit is reached. */
        USAGE_LIMIT,
        /** Every credential for the model is refused. */
        CREDENTIAL,
        /** A secret that it is to have cannot be had. */
        SECRET;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
