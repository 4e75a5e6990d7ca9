package io.agentservice.api;

/** What a log is written on: so wide, in colour or not, with empty lines between what does not belong together. */
final class Sheet {

    private final int width;
    private final boolean colour;
    private final StringBuilder text = new StringBuilder();
    private Kind last = Kind.NOTHING;

    /** @param width in columns */
    Sheet(int width, boolean colour) {
        this.width = width;
        this.colour = colour;
    }

    /** What was written: what is of the same kind stands together, but for words. */
    enum Kind {
        NOTHING,
        STATUS,
        WORDS,
        CALL,
        OUTCOME,
        NOTE
    }

    /** As terminals number them. */
    enum Style {
        PLAIN("0"),
        BOLD("1"),
        DIM("2"),
        ITALIC("2;3"),
        RED("31"),
        GREEN("32"),
        YELLOW("33"),
        CYAN("36");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    int width() {
        return width;
    }

    String styled(String words, Style style) {
        return colour && !words.isEmpty() && style != Style.PLAIN
                ? "\u001b[" + style.code + "m" + words + "\u001b[0m"
                : words;
    }

    /** Writes a line that is harmless and fits. */
    void line(Kind kind, String line) {
        begin(kind);
        text.append(line).append('\n');
    }

    /** Leaves a line empty if something new begins. */
    void begin(Kind kind) {
        boolean together =
                last == Kind.NOTHING || last == kind && kind != Kind.WORDS || last == Kind.CALL && kind == Kind.OUTCOME;
        if (!together) {
            text.append('\n');
        }
        last = kind;
    }

    void append(String more) {
        text.append(more);
    }

    /** What was written since it was taken last. */
    String take() {
        String taken = text.toString();
        text.setLength(0);
        return taken;
    }
}
