package io.agentservice.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentservice.api.Sheet.Kind;
import io.agentservice.api.Sheet.Style;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A run as a person wants to read it. Holds little more than the line that it is writing. */
final class LogText {

    private static final int RESULT_LINES = 8;
    private static final int PROMPT_LINES = 4;
    private static final int EDIT_LINES = 4;
    /** Of one message; the whole is in the job's result and its events. */
    private static final int MAX_MESSAGE_CHARS = 256 * 1024;

    private final Sheet sheet;
    private final LogCalls calls = new LogCalls();
    private final SpokenWords spoken = new SpokenWords();
    private Optional<Paragraph> paragraph = Optional.empty();
    private Optional<Instant> begun = Optional.empty();
    private Optional<JsonNode> result = Optional.empty();
    private String lastCall = "";
    private String lastWords = "";

    LogText(Sheet sheet) {
        this.sheet = sheet;
    }

    /** A piece of a message that is still being written. Sub-agents speak in whole messages. */
    void delta(JsonNode data) {
        if (data.has("parent")) {
            return;
        }
        String kind = data.path("kind").asText();
        String text = data.path("text").asText();
        if (paragraph.isEmpty() || !spoken.isOf(kind)) {
            beginParagraph(0, kind.equals("thinking") ? Style.ITALIC : Style.PLAIN);
        }
        spoken.said(kind, text);
        paragraph.orElseThrow().add(TerminalText.clean(text));
    }

    void event(String type, JsonNode data) {
        switch (type) {
            case "usage" -> {}
            case "message" -> words("text", data);
            case "thinking" -> words("thinking", data);
            case "status" -> status(data);
            case "tool_call" -> toolCall(data);
            case "tool_result" -> toolResult(data);
            case "retry" -> note(LogPhrases.retry(data), Style.YELLOW);
            case "rate_limit" -> rateLimit(data);
            case "result" -> result(data);
            case "truncated" ->
                note(
                        "what follows is not recorded: the output has more than %,d bytes"
                                .formatted(data.path("limit_bytes").asLong()),
                        Style.YELLOW);
            case "stderr" ->
                note("stderr  " + TerminalText.oneLine(data.path("text").asText()), Style.RED);
            default -> output(data);
        }
    }

    /** A whole message: only what its deltas have not shown yet. */
    private void words(String kind, JsonNode data) {
        String text = data.path("text").asText();
        boolean toAgent = data.path("role").asText().equals("user");
        int depth = calls.depth(data);
        boolean ours = depth == 0 && !toAgent;
        lastWords = TerminalText.oneLine(text);
        boolean continued = ours && spoken.any() && paragraph.isPresent();
        String rest = ours ? spoken.rest(kind, text) : text;
        if (toAgent) {
            toAgent(text, depth);
            return;
        }
        if (continued && rest.length() == text.length() || !continued && !rest.isBlank()) {
            Style style = data.has("error") ? Style.RED : depth > 0 ? Style.DIM : Style.PLAIN;
            beginParagraph(depth, kind.equals("thinking") ? Style.ITALIC : style);
        }
        paragraph.ifPresent(open -> open.add(TerminalText.clean(shortened(rest))));
        endParagraph();
    }

    private static String shortened(String text) {
        return text.length() <= MAX_MESSAGE_CHARS
                ? text
                : "%s\n… %,d more characters"
                        .formatted(text.substring(0, MAX_MESSAGE_CHARS), text.length() - MAX_MESSAGE_CHARS);
    }

    private void toAgent(String text, int depth) {
        TerminalText.firstLines(text, PROMPT_LINES).forEach(line -> put(Kind.NOTE, depth, "> " + line, Style.DIM));
    }

    private void beginParagraph(int depth, Style style) {
        endParagraph();
        sheet.begin(Kind.WORDS);
        paragraph = Optional.of(new Paragraph(sheet, "  ".repeat(depth), style));
    }

    private void endParagraph() {
        paragraph.ifPresent(Paragraph::end);
        paragraph = Optional.empty();
    }

    private void status(JsonNode data) {
        Instant at = Instant.parse(data.path("at").asText());
        begun = begun.or(() -> Optional.of(at));
        String status = data.path("status").asText();
        switch (status) {
            case "completed" -> end("✓ completed", data, at, Style.GREEN);
            case "failed", "timeout", "cancelled" -> end("✗ " + status, data, at, Style.RED);
            default -> put(Kind.STATUS, 0, "%8s  %s".formatted(elapsed(at), LogPhrases.step(data)), Style.DIM);
        }
    }

    /** How it ended, how long it took and what it cost. */
    private void end(String status, JsonNode data, Instant at, Style style) {
        List<String> facts = new ArrayList<>(List.of(elapsed(at)));
        JsonNode detail = result.map(last -> last.path("detail")).orElse(data.path("detail"));
        if (detail.has("num_turns")) {
            int turns = detail.path("num_turns").asInt();
            facts.add(turns == 1 ? "1 turn" : turns + " turns");
        }
        if (detail.has("total_cost_usd")) {
            facts.add("$%.4f".formatted(detail.path("total_cost_usd").asDouble()));
        }
        endParagraph();
        String reason =
                data.has("reason") ? " (%s)".formatted(data.path("reason").asText()) : "";
        sheet.line(Kind.WORDS, sheet.styled(status + reason, style) + "  " + String.join(" · ", facts));
        TerminalText.firstLines(data.path("error").asText(), PROMPT_LINES)
                .forEach(line ->
                        sheet.append("  " + sheet.styled(TerminalText.cut(line, sheet.width() - 2), style) + "\n"));
    }

    private String elapsed(Instant at) {
        Duration time = Duration.between(begun.orElse(at), at);
        return time.toMinutes() < 10
                ? "%.1f s".formatted(time.toMillis() / 1000.0)
                : "%d:%02d:%02d".formatted(time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }

    private void toolCall(JsonNode data) {
        endParagraph();
        LogCalls.Call call = calls.made(data);
        String indent = "  ".repeat(call.depth());
        int taken = indent.length() + TerminalText.width(call.name()) + 4;
        sheet.line(
                Kind.CALL,
                indent + sheet.styled("●", Style.CYAN) + " " + sheet.styled(call.name(), Style.BOLD) + "  "
                        + TerminalText.cut(call.argument(), Math.max(10, sheet.width() - taken)));
        lastCall = data.path("id").asText();
        if (call.name().equals("Edit")) {
            change("- ", data.path("input").path("old_string").asText(), call.depth(), Style.RED);
            change("+ ", data.path("input").path("new_string").asText(), call.depth(), Style.GREEN);
        }
    }

    private void change(String sign, String text, int depth, Style style) {
        TerminalText.firstLines(text, EDIT_LINES).forEach(line -> put(Kind.CALL, depth + 2, sign + line, style));
    }

    private void toolResult(JsonNode data) {
        String id = data.path("tool_call_id").asText();
        Optional<LogCalls.Call> call = calls.find(id);
        List<String> lines = new ArrayList<>(
                TerminalText.firstLines(data.path("content").asText().stripTrailing(), RESULT_LINES));
        if (lines.isEmpty()) {
            lines.add("(no output)");
        }
        // Calls that were made at once answer in any order, and a sub-agent's work lies between: say which one it is.
        if (!id.equals(lastCall)) {
            call.ifPresent(made -> lines.add(0, made.label() + ":"));
        }
        boolean isError = data.path("is_error").asBoolean();
        int depth = call.map(LogCalls.Call::depth).orElseGet(() -> calls.depth(data));
        for (int i = 0; i < lines.size(); i++) {
            String mark = i > 0 ? "    " : isError ? "  ✗ " : "  ⎿ ";
            put(Kind.OUTCOME, depth, mark + lines.get(i), isError ? Style.RED : Style.DIM);
        }
    }

    private void rateLimit(JsonNode data) {
        if (!data.path("status").asText().startsWith("allowed")) {
            note("usage limit: " + data.path("status").asText(), Style.YELLOW);
        }
    }

    /** The result is mostly the last message again. */
    private void result(JsonNode data) {
        result = Optional.of(data);
        String text = TerminalText.oneLine(data.path("result").asText());
        if (data.path("is_error").asBoolean() && !text.isEmpty() && !text.equals(lastWords)) {
            note(text, Style.RED);
        }
    }

    /** The CLI's own JSON that we have no name for is for machines. */
    private void output(JsonNode data) {
        String line = data.path("line").asText();
        if (!line.startsWith("{")) {
            note("output  " + TerminalText.oneLine(line), Style.DIM);
        }
    }

    /** Nothing has come for so long. */
    void stillThere(Instant now) {
        put(Kind.STATUS, 0, "%8s  still running".formatted(elapsed(now)), Style.DIM);
    }

    void note(String text, Style style) {
        put(Kind.NOTE, 0, text, style);
    }

    private void put(Kind kind, int depth, String line, Style style) {
        endParagraph();
        String whole = "  ".repeat(depth) + TerminalText.clean(line).replace('\n', ' ');
        sheet.line(kind, sheet.styled(TerminalText.cut(whole, sheet.width()), style));
    }
}
