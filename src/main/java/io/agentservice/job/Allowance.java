package io.agentservice.job;

import java.util.OptionalInt;

/**
 * How much a submitter may ask for.
 *
 * @param unfinished how many jobs may wait or run at once
 * @param perHour how many jobs may be handed in in any hour
 */
public record Allowance(OptionalInt unfinished, OptionalInt perHour) {

    public static final Allowance UNLIMITED = new Allowance(OptionalInt.empty(), OptionalInt.empty());

    public Allowance {
        if (unfinished.orElse(1) < 1 || perHour.orElse(1) < 1) {
            throw new IllegalArgumentException("a limit of jobs is at least 1");
        }
    }
}
