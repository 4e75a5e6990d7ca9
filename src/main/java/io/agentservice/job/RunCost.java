package io.agentservice.job;

import java.math.BigDecimal;
import java.util.List;

/**
 * What one run of a job cost, apart from the runs before it.
 *
 * @param models by model; empty if no model was asked
 * @param estimated whether it was recounted from what is known of a run that could not give account
 */
public record RunCost(List<ModelCost> models, boolean estimated) {

    /** Where it is not said which model was asked, or none was. */
    public static final String UNKNOWN_MODEL = "";

    public static final RunCost NOTHING = new RunCost(List.of(), false);

    public RunCost {
        models = List.copyOf(models);
    }

    /** @param usd US dollars at list price */
    public record ModelCost(String model, Tokens tokens, BigDecimal usd) {}

    public BigDecimal usd() {
        return models.stream().map(ModelCost::usd).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
