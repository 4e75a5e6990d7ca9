package io.agentservice.store;

import io.agentservice.job.JobStatus;
import io.agentservice.job.Tokens;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What was counted since the store was made, jobs that are gone included. Agents and models are named as {@link Labels}
 * names them.
 */
public record Totals(List<StatusTotal> statuses, List<CostTotal> costs) {

    public static final Totals NOTHING = new Totals(List.of(), List.of());

    public Totals {
        statuses = List.copyOf(statuses);
        costs = List.copyOf(costs);
    }

    /**
     * How often jobs of an agent have taken a status.
     *
     * @param reason why, as it is spelled on the wire; a job that is queued for one was put back
     * @param lastAt when the last of them did
     */
    public record StatusTotal(String agent, JobStatus status, Optional<String> reason, long times, Instant lastAt) {}

    /**
     * What the runs of an agent have used of a model.
     *
     * @param model empty where it was not said
     * @param usd US dollars at list price
     */
    public record CostTotal(String agent, String model, Tokens tokens, BigDecimal usd) {}
}
