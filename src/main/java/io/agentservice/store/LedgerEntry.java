package io.agentservice.store;

import io.agentservice.job.Tokens;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/**
 * What one run of a job has cost with one model. It outlives the job.
 *
 * @param attempt the attempt that the run belonged to; runs that a stop of the service or a usage limit ended share
 *     theirs with the next
 * @param model empty if the run asked none
 * @param usd US dollars at list price
 * @param estimated whether it was recounted for a run that could not give account
 */
public record LedgerEntry(
        int attempt, Optional<String> model, Tokens tokens, BigDecimal usd, boolean estimated, Instant bookedAt) {}
