package io.agentservice.job;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/**
 * What a caller asked for, after every check: it never changes afterwards.
 *
 * @param agent the agent's canonical name
 * @param answer who is to answer, and in what form
 * @param limits what the run may use
 * @param placement where it stands among those that wait
 * @param metadata the caller's own JSON object, kept as it came
 */
public record JobSpec(String prompt, String agent, Answer answer, Limits limits, Placement placement, Json metadata) {

    public JobSpec {
        if (prompt.isBlank() || agent.isBlank()) {
            throw new IllegalArgumentException("a job needs a prompt and an agent");
        }
    }

    /** For a job that may answer in any form. */
    public JobSpec(
            String prompt, String agent, Optional<String> model, Limits limits, Placement placement, Json metadata) {
        this(prompt, agent, new Answer(model, Optional.empty()), limits, placement, metadata);
    }

    public Optional<String> model() {
        return answer.model();
    }

    /**
     * @param model the model asked for; empty leaves it to the agent
     * @param schema the JSON schema that the result must have; empty for words
     */
    public record Answer(Optional<String> model, Optional<Json> schema) {}

    /**
     * @param maxBudgetUsd US dollars, as the CLI prices them
     * @param timeout wall-clock time from the start of the run
     */
    public record Limits(BigDecimal maxBudgetUsd, Duration timeout) {

        public Limits {
            if (maxBudgetUsd.signum() <= 0 || timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("budget and timeout are positive");
            }
        }
    }

    /**
     * @param priority higher goes first; 0 is usual
     * @param concurrencyKey of the jobs with the same key one runs at a time
     */
    public record Placement(int priority, Optional<String> concurrencyKey) {

        public static final Placement USUAL = new Placement(0, Optional.empty());
    }
}
