package io.agentservice.api;

import java.util.ArrayList;
import java.util.List;

/** Text of an agent as a terminal can show it: made harmless, measured in columns, shortened. */
final class TerminalText {

    /** How much of a long text is looked at for its first lines. */
    private static final int LOOKED_AT = 16 * 1024;

    private static final int LOOKED_AT_FOR_ONE = 2 * 1024;

    private TerminalText() {}

    /**
     * Without what could move the cursor, colour the screen, answer for the person at it, hide, or turn the reading
     * direction. Also of a piece of a text: what is left of an escape sequence without its beginning is only letters.
     */
    static String clean(String text) {
        int plain = 0;
        while (plain < text.length() && isPlain(text.charAt(plain))) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        var clean = new StringBuilder(text.length()).append(text, 0, plain);
        int at = plain;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (EscapeSequence.begins(c)) {
                at = EscapeSequence.after(text, at);
            } else {
                add(clean, c, text, at);
                at += Character.charCount(c);
            }
        }
        return clean.toString();
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x7f || c == '\n' || c >= 0xa0 && c < 0x300;
    }

    private static void add(StringBuilder clean, int c, String text, int at) {
        switch (c) {
            case '\n', 0x85, 0x2028, 0x2029 -> clean.append('\n');
            case '\t' -> clean.append("  ");
            case '\r' -> clean.append(text.startsWith("\n", at + 1) ? "" : "\n");
            default -> {
                if (!isHarmful(c)) {
                    clean.appendCodePoint(c);
                }
            }
        }
    }

    private static boolean isHarmful(int c) {
        return Character.getType(c) == Character.CONTROL
                || Character.getType(c) == Character.SURROGATE
                || Character.getType(c) == Character.PRIVATE_USE
                || c == 0x061c
                || c >= 0x200e && c <= 0x200f
                || c >= 0x202a && c <= 0x202e
                || c >= 0x2060 && c <= 0x206f
                || c == 0xfeff
                || c >= 0xfff9 && c <= 0xfffb
                || c >= 0xe0000 && c <= 0xe007f;
    }

    /** The first line that says something, and whether there are more. */
    static String oneLine(String text) {
        List<String> lines = clean(start(text, LOOKED_AT_FOR_ONE))
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        if (lines.isEmpty()) {
            return "";
        }
        return lines.size() > 1 ? lines.get(0).strip() + " …" : lines.get(0).strip();
    }

    /** The first lines, and how many more there are. */
    static List<String> firstLines(String text, int most) {
        List<String> all = clean(start(text, LOOKED_AT).stripTrailing())
                .lines()
                .map(String::stripTrailing)
                .toList();
        List<String> lines = new ArrayList<>(all.subList(0, Math.min(all.size(), most)));
        long count = text.length() <= LOOKED_AT ? all.size() : text.lines().count();
        if (count == lines.size() + 1 && all.size() > lines.size()) {
            lines.add(all.get(most));
        } else if (count > lines.size()) {
            lines.add("… %,d more lines".formatted(count - lines.size()));
        }
        return lines;
    }

    private static String start(String text, int chars) {
        return text.length() <= chars ? text : text.substring(0, chars);
    }

    /** At most so many columns. */
    static String cut(String text, int columns) {
        if (width(text) <= columns) {
            return text;
        }
        var cut = new StringBuilder();
        int used = 0;
        for (int c : text.codePoints().toArray()) {
            used += width(c);
            if (used > columns - 1) {
                break;
            }
            cut.appendCodePoint(c);
        }
        return cut.append('…').toString();
    }

    /** How many columns a terminal needs for it. */
    static int width(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) >= 0x300) {
                return text.codePoints().map(TerminalText::width).sum();
            }
        }
        return text.length();
    }

    private static int width(int c) {
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = c >= 0x1100 && c <= 0x115f
                || c >= 0x2e80 && c <= 0xa4cf
                || c >= 0xac00 && c <= 0xd7a3
                || c >= 0xf900 && c <= 0xfaff
                || c >= 0xfe30 && c <= 0xfe6f
                || c >= 0xff00 && c <= 0xff60
                || c >= 0xffe0 && c <= 0xffe6
                || c >= 0x1f300 && c <= 0x1faff
                || c >= 0x20000 && c <= 0x3fffd;
        return wide ? 2 : 1;
    }
}
