package io.agentservice.agent;

import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines of a stderr, within a bound of characters. */
final class StderrTail {

    private static final int MAX_CHARS = 8 * 1024;

    private final Deque<String> lines = new ArrayDeque<>();
    private int chars;

    void add(String line) {
        String kept = end(line);
        lines.add(kept);
        chars += kept.length() + 1;
        while (chars > MAX_CHARS && lines.size() > 1) {
            chars -= lines.remove().length() + 1;
        }
    }

    private static String end(String line) {
        int from = Math.max(0, line.length() - MAX_CHARS);
        // Not between the two halves of a character.
        return line.substring(from > 0 && Character.isLowSurrogate(line.charAt(from)) ? from + 1 : from);
    }

    String text() {
        return String.join("\n", lines);
    }
}
