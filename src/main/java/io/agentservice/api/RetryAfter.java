package io.agentservice.api;

import io.agentservice.job.Job;
import io.agentservice.queue.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When it is worth asking for a job again, in seconds: soon while it is young, and not before it may go on. */
final class RetryAfter {

    /** A tenth of its age, so that nobody learns of its end later than that. */
    private static final int SHARE_OF_AGE = 10;

    private static final long LONGEST_WHILE_IT_MAY_END = 30;
    /** It can still be cancelled. */
    private static final long LONGEST_WHILE_IT_IS_HELD = 300;

    private RetryAfter() {}

    static long seconds(Job job, Optional<Waiting> waiting, Instant now) {
        Optional<Instant> until = waiting.flatMap(Waiting::until);
        if (until.isPresent()) {
            long left = Duration.between(now, until.get()).plusMillis(999).toSeconds();
            return bounded(left, LONGEST_WHILE_IT_IS_HELD);
        }
        Instant begun = job.progress().startedAt().orElse(job.progress().createdAt());
        return bounded(Duration.between(begun, now).toSeconds() / SHARE_OF_AGE, LONGEST_WHILE_IT_MAY_END);
    }

    private static long bounded(long seconds, long longest) {
        return Math.max(1, Math.min(longest, seconds));
    }
}
