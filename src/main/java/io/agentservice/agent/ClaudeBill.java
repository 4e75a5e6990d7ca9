package io.agentservice.agent;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentservice.job.JobEvent;
import io.agentservice.job.RunCost;
import io.agentservice.job.RunCost.ModelCost;
import io.agentservice.job.Tokens;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one run has cost. A run that gave a result has said so, but for the whole conversation: what stood in the
 * transcript when it began is taken off. One that was cut off is recounted, from the partial messages that it sent and
 * from its transcript, which also has the calls of sub-agents and those that nobody was there to hear of.
 */
final class ClaudeBill {

    private final Transcript transcript;
    private final Instant start;
    private final UsageMeter meter = new UsageMeter();
    private Optional<JsonNode> result = Optional.empty();

    ClaudeBill(Transcript transcript, Instant start) {
        this.transcript = transcript;
        this.start = start;
    }

    Optional<JobEvent> sawStreamEvent(JsonNode event) {
        return meter.sawStreamEvent(event);
    }

    void sawResult(JsonNode body) {
        result = Optional.of(body);
    }

    /** Reads the transcript. */
    RunCost cost() {
        if (result.isEmpty()) {
            transcript.meter(start, meter);
            return meter.estimate();
        }
        JsonNode total = result.get().path("total_cost_usd");
        JsonNode models = result.get().path("modelUsage");
        return models.isMissingNode() && total.isNumber()
                ? new RunCost(List.of(new ModelCost(RunCost.UNKNOWN_MODEL, Tokens.NONE, UsageMeter.usd(total))), false)
                : UsageMeter.difference(models, transcript.spentBefore(start));
    }
}
