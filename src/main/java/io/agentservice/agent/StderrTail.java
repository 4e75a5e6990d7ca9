package io.agentservice.agent;

import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines of a stderr, within a bound of characters. */
final class StderrTail {

    private static final int MAX_CHARS = 8 * 1024;

    private final Deque<String> lines = new ArrayDeque<>();
    private int chars;

    void add(String line) {
        String kept = Excerpt.end(line, MAX_CHARS);
        lines.add(kept);
        chars += kept.length() + 1;
        while (chars > MAX_CHARS && lines.size() > 1) {
            chars -= lines.remove().length() + 1;
        }
    }

    String text() {
        return String.join("\n", lines);
    }
}
