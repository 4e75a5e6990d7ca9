package io.agentservice.api;

/** Counts the heartbeats since a log said anything. */
final class QuietBeats {

    /** Of 15 s each: often enough for proxies and the idle timeout, and seldom enough for a person. */
    private static final int WORTH_A_LINE = 3;

    private int beats;

    /** Something was said. */
    void broken() {
        beats = 0;
    }

    /** Counts one more. */
    boolean isWorthALine() {
        beats++;
        if (beats < WORTH_A_LINE) {
            return false;
        }
        beats = 0;
        return true;
    }
}
