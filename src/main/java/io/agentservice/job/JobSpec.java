package io.agentservice.job;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a caller asked for, after every check: it never changes afterwards.
 *
 * @param agent the agent's canonical name
 * @param answer who is to answer, and in what form
 * @param limits what the run may use
 * @param placement where it stands among those that wait
 * @param metadata the caller's own JSON object, kept as it came
 * @param source what of a repository it works on
 * @param trace where in a trace it was asked for
 */
public record JobSpec(
        String prompt,
        String agent,
        Answer answer,
        Limits limits,
        Placement placement,
        Json metadata,
        Source source,
        Optional<TraceContext> trace) {

    public JobSpec {
        if (prompt.isBlank() || agent.isBlank()) {
            throw new IllegalArgumentException("a job needs a prompt and an agent");
        }
    }

    /** For a job that may answer in any form, and leaves its repository to the agent's policy. */
    public JobSpec(
            String prompt, String agent, Optional<String> model, Limits limits, Placement placement, Json metadata) {
        this(prompt, agent, new Answer(model, Optional.empty()), limits, placement, metadata, Source.USUAL);
    }

    /** For a job that was asked for in no trace. */
    public JobSpec(
            String prompt,
            String agent,
            Answer answer,
            Limits limits,
            Placement placement,
            Json metadata,
            Source source) {
        this(prompt, agent, answer, limits, placement, metadata, source, Optional.empty());
    }

    /** The same, asked for there. */
    public JobSpec in(Optional<TraceContext> place) {
        return new JobSpec(prompt, agent, answer, limits, placement, metadata, source, place);
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

    /**
     * @param repository the name that the operator gave it
     * @param ref a branch, tag or commit of it
     */
    public record Source(Optional<String> repository, Optional<String> ref) {

        public static final Source USUAL = new Source(Optional.empty(), Optional.empty());

        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
        /** Narrower than git: what a shell, a URL or an option could be made of is not among it. */
        private static final Pattern REF = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._/+@#-]{0,254}");

        private static final Pattern NO_REF = Pattern.compile("\\.\\.|//|/\\.|@\\{|\\.lock(/|$)|[./]$");

        /** @throws IllegalArgumentException that says what they must be */
        public Source {
            if (repository.isPresent() && !NAME.matcher(repository.get()).matches()) {
                throw new IllegalArgumentException("repository must be a name of letters, digits, '.', '_' and '-'");
            }
            if (ref.isPresent()
                    && (!REF.matcher(ref.get()).matches()
                            || NO_REF.matcher(ref.get()).find())) {
                throw new IllegalArgumentException("ref must be the name of a branch or tag, or the hash of a commit");
            }
        }
    }
}
