package io.agentservice.job;

import java.math.BigDecimal;

/**
 * What the runs of a job have cost together.
 *
 * @param usd US dollars at list price
 * @param estimated whether part of it is an estimate
 */
public record Spending(BigDecimal usd, boolean estimated) {

    public static final Spending NOTHING = new Spending(BigDecimal.ZERO, false);

    Spending plus(RunCost run) {
        return new Spending(usd.add(run.usd()), estimated || run.estimated());
    }
}
