package io.agentservice.job;

import java.util.Locale;

/** Where a job stands. The names in lower case are its spelling in JSON, SQL, logs and metric labels. */
public enum JobStatus {
    /** Accepted and waiting; {@code queue.Dispatcher} claims it, a cancel ends it. */
    QUEUED,
    /** Claimed by one {@code runner.Run}, which alone moves it on. */
    RUNNING,
    /** A caller wants it ended; its {@code runner.Run} carries the wish out. */
    CANCELLING,
    COMPLETED,
    FAILED,
    TIMEOUT,
    CANCELLED;

    /** The whole table of what may follow what. */
    public boolean canBecome(JobStatus next) {
        return switch (this) {
            case QUEUED -> next == RUNNING || next == CANCELLED;
            case RUNNING ->
                next == COMPLETED || next == FAILED || next == TIMEOUT || next == CANCELLING || next == QUEUED;
            case CANCELLING -> next == CANCELLED;
            case COMPLETED, FAILED, TIMEOUT, CANCELLED -> false;
        };
    }

    public boolean isFinal() {
        return switch (this) {
            case COMPLETED, FAILED, TIMEOUT, CANCELLED -> true;
            case QUEUED, RUNNING, CANCELLING -> false;
        };
    }

    /** Whether a run has claimed the job and not yet left it. */
    public boolean isUnderWay() {
        return switch (this) {
            case RUNNING, CANCELLING -> true;
            case QUEUED, COMPLETED, FAILED, TIMEOUT, CANCELLED -> false;
        };
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if no status is spelled like that */
    public static JobStatus fromWireName(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
