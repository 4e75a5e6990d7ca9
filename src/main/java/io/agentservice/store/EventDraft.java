package io.agentservice.store;

import io.agentservice.job.JobEvent;
import java.util.Optional;

/**
 * An event to be recorded.
 *
 * @param line the line it was read from, as it came; only with the first event of a line
 */
public record EventDraft(JobEvent event, Optional<String> line) {

    public static EventDraft of(JobEvent event) {
        return new EventDraft(event, Optional.empty());
    }
}
