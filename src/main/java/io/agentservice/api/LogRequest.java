package io.agentservice.api;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The query of {@code GET /jobs/{id}/log}.
 *
 * @param tail how many of the last lines; 0 for all
 * @param width in columns
 * @param asEvents whether its client takes server-sent events, and so can come back to where it was
 * @param after the last event that such a client has; 0 if none
 */
record LogRequest(boolean follow, int tail, boolean colour, int width, boolean asEvents, long after) {

    private static final int MAX_TAIL = 1000;
    private static final int USUAL_WIDTH = 80;
    private static final int MIN_WIDTH = 40;
    private static final int MAX_WIDTH = 500;
    private static final List<String> OF_TEXT = List.of("follow", "tail", "color", "width");
    private static final List<String> OF_EVENTS = List.of("follow", "after", "color", "width");

    /** @throws InvalidRequestException with everything that is wrong with it */
    static LogRequest parse(HttpHeaders headers, MultivaluedMap<String, String> sent) {
        return takesEvents(headers) ? events(StreamQuery.lastSeen(headers, sent), sent) : text(sent);
    }

    private static boolean takesEvents(HttpHeaders headers) {
        List<String> accept = headers.getRequestHeader(HttpHeaders.ACCEPT);
        return accept != null && accept.stream().anyMatch(types -> types.contains("text/event-stream"));
    }

    /** @throws InvalidRequestException with everything that is wrong with it */
    static LogRequest text(MultivaluedMap<String, String> sent) {
        return parse(sent, OF_TEXT, false, 0);
    }

    private static LogRequest events(OptionalLong after, MultivaluedMap<String, String> sent) {
        return parse(sent, OF_EVENTS, true, after.orElse(0));
    }

    private static LogRequest parse(
            MultivaluedMap<String, String> sent, List<String> known, boolean asEvents, long after) {
        List<Problem.Violation> violations = new ArrayList<>();
        for (String name : sent.keySet()) {
            if (!known.contains(name)) {
                violations.add(new Problem.Violation(name, "unknown parameter; known are " + String.join(", ", known)));
            }
        }
        var request = new LogRequest(
                choice(sent, "follow", List.of("false", "true", ""), violations) > 0,
                number(sent, "tail", 1, MAX_TAIL, violations).orElse(0),
                choice(sent, "color", List.of("never", "auto", "always"), violations) == 2,
                number(sent, "width", MIN_WIDTH, MAX_WIDTH, violations).orElse(USUAL_WIDTH),
                asEvents,
                after);
        if (!violations.isEmpty()) {
            throw new InvalidRequestException("the query is not valid: see errors for what to change", violations);
        }
        return request;
    }

    LogRequest following() {
        return new LogRequest(true, tail, colour, width, asEvents, after);
    }

    Rendering rendering(Clock clock) {
        var sheet = new Sheet(width, colour);
        return asEvents ? new LogEvents(sheet, after, clock) : new TextRendering(sheet, tail, clock);
    }

    /** @return which of them; the first unless it is given */
    private static int choice(
            MultivaluedMap<String, String> sent, String name, List<String> known, List<Problem.Violation> violations) {
        String value = sent.getFirst(name);
        int which = value == null ? 0 : known.indexOf(value);
        if (which < 0) {
            List<String> words = known.stream().filter(word -> !word.isEmpty()).toList();
            violations.add(new Problem.Violation(name, "must be " + String.join(" or ", words)));
        }
        return which;
    }

    private static OptionalInt number(
            MultivaluedMap<String, String> sent, String name, int least, int most, List<Problem.Violation> violations) {
        String value = sent.getFirst(name);
        if (value == null) {
            return OptionalInt.empty();
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return OptionalInt.of(number);
            }
        } catch (NumberFormatException e) {
            // The same answer as for one that is out of bounds.
        }
        violations.add(new Problem.Violation(name, "must be a whole number from %d to %d".formatted(least, most)));
        return OptionalInt.empty();
    }
}
