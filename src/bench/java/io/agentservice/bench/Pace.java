package io.agentservice.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Keeps time. */
final class Pace {

    private Pace() {}

    @FunctionalInterface
    interface Step {
        void take() throws IOException;
    }

    static void sleep(Duration time) {
        sleepUntil(System.nanoTime() + time.toNanos());
    }

    private static void sleepUntil(long nanoTime) {
        for (long left; (left = nanoTime - System.nanoTime()) > 0; ) {
            LockSupport.parkNanos(left);
        }
    }

    /** Takes {@code count} steps, so many a second; a late step is not made up for by haste. */
    static void steps(int count, int perSecond, Step step) throws IOException {
        long gap = 1_000_000_000L / perSecond;
        long next = System.nanoTime();
        for (int i = 0; i < count; i++) {
            step.take();
            next = Math.max(next + gap, System.nanoTime());
            sleepUntil(next);
        }
    }
}
