package io.agentservice.store;

import java.time.Instant;
import java.util.List;

/**
 * What the store has of the last run of a job that may not have come to its end.
 *
 * @param startedAt when it was claimed
 * @param lines the lines that tell how it ended and what it used, as the CLI wrote them
 */
public record RunRecord(Instant startedAt, List<String> lines) {

    public RunRecord {
        lines = List.copyOf(lines);
    }
}
