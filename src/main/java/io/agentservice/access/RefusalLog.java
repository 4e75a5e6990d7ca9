package io.agentservice.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Tells the log of those who were refused: of each reason one line in a while, with how many there were since the last.
 * However many knock, from however many addresses, with a good token or without, the log grows no faster.
 */
final class RefusalLog {

    private static final Logger LOG = Logger.getLogger(Refusals.class);
    private static final Duration ONE_LINE_IN = Duration.ofSeconds(5);

    private final Clock clock;
    private final Map<RefusalReason, Line> lines = new EnumMap<>(RefusalReason.class);

    RefusalLog(Clock clock) {
        this.clock = clock;
    }

    /** The next line of one reason: from when it may be written, and whom it counts besides. */
    private static final class Line {
        private Instant from = Instant.EPOCH;
        private long leftOut;

        private long takeLeftOut() {
            long taken = leftOut;
            leftOut = 0;
            return taken;
        }
    }

    synchronized void add(Refusals.Refused refused) {
        Line line = line(refused);
        Instant now = clock.instant();
        if (now.isBefore(line.from)) {
            line.leftOut++;
            return;
        }
        line.from = now.plus(ONE_LINE_IN);
        LOG.warnf(
                "a request was refused reason=%s who=%s address=%s before=%d",
                refused.reason().wireName(), refused.who(), refused.address(), line.takeLeftOut());
    }

    /** Counts it for the next line. */
    synchronized void leaveOut(Refusals.Refused refused) {
        line(refused).leftOut++;
    }

    private Line line(Refusals.Refused refused) {
        return lines.computeIfAbsent(refused.reason(), reason -> new Line());
    }

    /** So that those after the last line are told of, too. */
    synchronized void tellLeftOut() {
        lines.forEach((reason, line) -> {
            if (line.leftOut > 0) {
                LOG.warnf("requests were refused reason=%s count=%d", reason.wireName(), line.takeLeftOut());
            }
        });
    }
}
