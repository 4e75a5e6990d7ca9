package io.agentservice.agent;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentservice.job.Delta;
import io.agentservice.job.JobEvent;
import java.util.List;
import java.util.Optional;

/** A line of the CLI's stdout, understood. */
sealed interface ClaudeLine {

    /** Something to record: usually one event, several for a message of several blocks. */
    record Recorded(List<JobEvent> events) implements ClaudeLine {}

    /** A piece of a message in the making, or a sign of life: nothing of it is recorded. */
    record Live(Optional<Delta> delta) implements ClaudeLine {}

    /**
     * The beginning or the end of a call of the model, which say what it uses.
     *
     * @param event the API's own event
     */
    record Metered(JsonNode event) implements ClaudeLine {}

    /**
     * A result.
     *
     * @param body the whole line
     */
    record Result(JobEvent.Result event, JsonNode body) implements ClaudeLine {

        /** A result is neither unique nor last: the last is the first after which no message waits. */
        boolean isLast() {
            return body.path("queued_turn_count").asInt() == 0;
        }

        /** Whether an interrupt of ours brought it about: it says what was spent, not how the job ends. */
        boolean isAborted() {
            return body.path("terminal_reason").asText().startsWith("aborted_");
        }
    }

    /** The answer to one of our control requests. */
    record Response(String requestId, JsonNode body) implements ClaudeLine {}

    /** A control request of the CLI, which waits for our answer. */
    record Request(String requestId, JsonNode body) implements ClaudeLine {}
}
