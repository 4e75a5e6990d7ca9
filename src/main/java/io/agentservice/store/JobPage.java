package io.agentservice.store;

import java.util.List;
import java.util.Optional;

/**
 * Some jobs of a list.
 *
 * @param next where to go on; empty if there are no more. A page may have fewer jobs than were asked for and go on.
 */
public record JobPage(List<JobSummary> jobs, Optional<JobCursor> next) {

    public JobPage {
        jobs = List.copyOf(jobs);
    }
}
