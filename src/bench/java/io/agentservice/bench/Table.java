package io.agentservice.bench;

import java.util.ArrayList;
import java.util.List;

/** A table of results in Markdown. */
final class Table {

    private final String title;
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();
    private String note = "";

    Table(String title, String... columns) {
        this.title = title;
        this.columns = List.of(columns);
    }

    Table row(Object... cells) {
        rows.add(List.of(cells).stream().map(Table::text).toList());
        return this;
    }

    Table note(String text) {
        note = text;
        return this;
    }

    /** Three significant digits are more than these figures deserve. */
    private static String text(Object cell) {
        if (cell instanceof Double number) {
            double size = Math.abs(number);
            return size >= 100 ? "%,.0f".formatted(number) : (size >= 10 ? "%.1f" : "%.2f").formatted(number);
        }
        return String.valueOf(cell);
    }

    @Override
    public String toString() {
        var text = new StringBuilder("\n**").append(title).append("**\n\n");
        line(text, columns);
        line(text, columns.stream().map(column -> "---").toList());
        rows.forEach(row -> line(text, row));
        return note.isEmpty()
                ? text.toString()
                : text.append('\n').append(note).append('\n').toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
