package io.agentservice.job;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One thing that happened in a job and that is recorded. {@link Delta} is not among them: it is shown live and gone.
 *
 * <p>{@code parent} is the id of the tool call of the sub-agent that an event belongs to.
 */
public sealed interface JobEvent {

    /** All types there are, in the order in which they are told about. */
    List<String> TYPES = List.of(
            "status",
            "message",
            "thinking",
            "tool_call",
            "tool_result",
            "usage",
            "retry",
            "rate_limit",
            "result",
            "truncated",
            "stderr",
            "output");

    /** The event's name on the wire and in the store. */
    String type();

    /**
     * The job has a new status.
     *
     * @param reason why it ended other than well, or why it is back in the queue
     */
    record Status(JobStatus status, int attempt, Optional<FailureReason> reason, Optional<String> error)
            implements JobEvent {

        public static Status of(Job job) {
            return new Status(
                    job.status(),
                    job.progress().attempt(),
                    job.outcome()
                            .flatMap(Outcome::reason)
                            .or(() -> job.progress().hold().reason()),
                    job.outcome().flatMap(Outcome::error));
        }

        @Override
        public String type() {
            return "status";
        }
    }

    /** The job reached a point inside its status, such as {@code initialized}. */
    record Phase(String name, Json detail) implements JobEvent {
        @Override
        public String type() {
            return "status";
        }
    }

    /** Words of the agent ({@code role} assistant) or to it. */
    record Message(String role, String text, Optional<String> model, Optional<String> error, Optional<String> parent)
            implements JobEvent {
        @Override
        public String type() {
            return "message";
        }
    }

    record Thinking(String text, Optional<String> parent) implements JobEvent {
        @Override
        public String type() {
            return "thinking";
        }
    }

    record ToolCall(String id, String name, Json input, Optional<String> parent) implements JobEvent {
        @Override
        public String type() {
            return "tool_call";
        }
    }

    /** @param content what the tool gave back, as text */
    record ToolResult(String toolCallId, boolean isError, String content, Optional<String> parent) implements JobEvent {
        @Override
        public String type() {
            return "tool_result";
        }
    }

    /** The CLI will ask the API again. */
    record Retry(int attempt, int maxRetries, long delayMillis, Optional<Integer> httpStatus, Optional<String> error)
            implements JobEvent {
        @Override
        public String type() {
            return "retry";
        }
    }

    /**
     * @param resetsAt when the limit is lifted, where that is said
     * @param detail the CLI's account of the usage limit, as it came
     */
    record RateLimit(String status, Optional<Instant> resetsAt, Json detail) implements JobEvent {
        @Override
        public String type() {
            return "rate_limit";
        }
    }

    /**
     * The CLI's result of a turn.
     *
     * @param text the final words; empty if there are none
     * @param detail cost, usage and the rest
     */
    record Result(boolean isError, Optional<String> text, Json detail) implements JobEvent {
        @Override
        public String type() {
            return "result";
        }
    }

    /** The job has written as much as is recorded; what follows is dropped, but for its result. */
    record Truncated(long limitBytes) implements JobEvent {
        @Override
        public String type() {
            return "truncated";
        }
    }

    /**
     * What a call of the model has used so far: counted when it begins and again when it ends.
     *
     * @param messageId the message that it makes
     */
    record Usage(String messageId, String model, Tokens tokens) implements JobEvent {
        @Override
        public String type() {
            return "usage";
        }
    }

    record Stderr(String text) implements JobEvent {
        @Override
        public String type() {
            return "stderr";
        }
    }

    /**
     * A line of the CLI that we have no name for, kept as it came.
     *
     * @param droppedBytes how much of it was cut for being too long
     */
    record Output(String line, long droppedBytes) implements JobEvent {

        public Output(String line) {
            this(line, 0);
        }

        @Override
        public String type() {
            return "output";
        }
    }
}
