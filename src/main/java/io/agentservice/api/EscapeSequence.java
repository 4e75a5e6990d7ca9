package io.agentservice.api;

/** What terminals take for a command, by ECMA-48: where it ends, so that all of it can be left out. */
final class EscapeSequence {

    private static final char ESCAPE = '\u001b';
    private static final char BELL = '\u0007';
    /** How far the end of a string, such as a title, is looked for. */
    private static final int MAX_STRING = 4096;

    private EscapeSequence() {}

    /** Whether a character begins one, by itself or with what follows. */
    static boolean begins(int c) {
        return c == ESCAPE || c == 0x9b || isStringIntroducer(c);
    }

    private static boolean isStringIntroducer(int c) {
        return c == 0x90 || c == 0x98 || c >= 0x9d && c <= 0x9f;
    }

    /** Where the text goes on after the sequence that begins here; behind the introducer if it has no end. */
    static int after(String text, int at) {
        char introducer = text.charAt(at);
        if (introducer == 0x9b) {
            return afterControl(text, at + 1);
        }
        if (introducer != ESCAPE) {
            return afterString(text, at + 1);
        }
        char second = at + 1 < text.length() ? text.charAt(at + 1) : 0;
        return switch (second) {
            case '[' -> afterControl(text, at + 2);
            case ']', 'P', 'X', '^', '_' -> afterString(text, at + 2);
            default -> afterFinal(text, skip(text, at + 1, ' ', '/'), '0', at + 1);
        };
    }

    private static int afterControl(String text, int from) {
        return afterFinal(text, skip(text, skip(text, from, '0', '?'), ' ', '/'), '@', from);
    }

    private static int afterFinal(String text, int at, char least, int otherwise) {
        boolean ends = at < text.length() && text.charAt(at) >= least && text.charAt(at) <= '~';
        return ends ? at + 1 : otherwise;
    }

    private static int skip(String text, int from, char least, char most) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= least && text.charAt(at) <= most) {
            at++;
        }
        return at;
    }

    private static int afterString(String text, int from) {
        int end = Math.min(text.length(), from + MAX_STRING);
        for (int at = from; at < end; at++) {
            char c = text.charAt(at);
            if (c == BELL || c == 0x9c) {
                return at + 1;
            }
            if (c == ESCAPE) {
                return text.startsWith("\\", at + 1) ? at + 2 : from;
            }
            if (c == '\n') {
                return from;
            }
        }
        return from;
    }
}
