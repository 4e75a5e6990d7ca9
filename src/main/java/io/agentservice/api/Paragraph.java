package io.agentservice.api;

/**
 * Words that come in pieces, broken between them at the edge of the sheet. Blanks and breaks at its beginning and its
 * end are not shown. The last word is kept back until it is complete.
 */
final class Paragraph {

    private final Sheet sheet;
    private final String indent;
    private final Sheet.Style style;
    private final StringBuilder word = new StringBuilder();
    private String blanks = "";
    private int column;
    private int breaks;
    private boolean begun;
    private boolean midWord;

    /** @param indent stands before each line */
    Paragraph(Sheet sheet, String indent, Sheet.Style style) {
        this.sheet = sheet;
        this.indent = indent;
        this.style = style;
    }

    /** @param piece harmless text */
    void add(String piece) {
        int at = 0;
        while (at < piece.length()) {
            char c = piece.charAt(at);
            int end = at + 1;
            if (c == '\n') {
                flush();
                breaks++;
                blanks = "";
            } else {
                while (end < piece.length() && piece.charAt(end) != '\n' && (piece.charAt(end) == ' ') == (c == ' ')) {
                    end++;
                }
                addRun(piece, at, end);
            }
            at = end;
        }
        if (word.length() >= sheet.width()) {
            flush();
            midWord = true;
        }
    }

    /** Of blanks, or of anything else. */
    private void addRun(String piece, int from, int to) {
        if (piece.charAt(from) == ' ') {
            flush();
            blanks += piece.substring(from, to);
        } else {
            word.append(piece, from, to);
        }
    }

    /** Writes the word that may not be complete. */
    private void flush() {
        if (word.isEmpty()) {
            return;
        }
        int wide = TerminalText.width(word.toString());
        int needed = TerminalText.width(blanks) + wide;
        boolean sameWord = midWord && breaks == 0 && blanks.isEmpty();
        if (breaks == 0 && column > 0 && !sameWord && indent.length() + column + needed > sheet.width()) {
            breaks = 1;
            blanks = "";
            needed = wide;
        }
        if (breaks > 0) {
            column = 0;
        }
        if (begun) {
            sheet.append("\n".repeat(Math.min(breaks, 2)));
        }
        sheet.append(column == 0 ? indent : "");
        sheet.append(sheet.styled(blanks + word, style));
        column += needed;
        blanks = "";
        breaks = 0;
        word.setLength(0);
        begun = true;
        midWord = false;
    }

    void end() {
        flush();
        if (begun) {
            sheet.append("\n");
        }
    }
}
