package io.agentservice.api;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words that come in pieces, broken between them at the edge of the sheet. Blanks and breaks at its beginning and its
 * end are not shown. The last word is kept back until it is complete.
 */
final class Paragraph {

    private static final Pattern PIECES = Pattern.compile("\n|[^\\S\n]+|\\S+");

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
        Matcher pieces = PIECES.matcher(piece);
        while (pieces.find()) {
            String next = pieces.group();
            if (!next.isBlank()) {
                word.append(next);
                continue;
            }
            flush();
            if (next.equals("\n")) {
                breaks++;
                blanks = "";
            } else {
                blanks += next;
            }
        }
        if (word.length() >= sheet.width()) {
            flush();
            midWord = true;
        }
    }

    /** Writes the word that may not be complete. */
    private void flush() {
        if (word.isEmpty()) {
            return;
        }
        int needed = TerminalText.width(blanks) + TerminalText.width(word.toString());
        boolean sameWord = midWord && breaks == 0 && blanks.isEmpty();
        if (breaks == 0 && column > 0 && !sameWord && indent.length() + column + needed > sheet.width()) {
            breaks = 1;
            blanks = "";
        }
        if (breaks > 0) {
            column = 0;
        }
        if (begun) {
            sheet.append("\n".repeat(Math.min(breaks, 2)));
        }
        sheet.append(column == 0 ? indent : "");
        sheet.append(sheet.styled(blanks + word, style));
        column += TerminalText.width(blanks) + TerminalText.width(word.toString());
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
