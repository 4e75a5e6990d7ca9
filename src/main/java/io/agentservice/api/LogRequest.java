package io.agentservice.api;

import jakarta.ws.rs.core.MultivaluedMap;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The query of {@code GET /jobs/{id}/log}.
 *
 * @param tail how many of the last lines; 0 for all
 * @param width in columns
 */
record LogRequest(boolean follow, int tail, boolean colour, int width) {

    private static final int MAX_TAIL = 1000;
    private static final int USUAL_WIDTH = 80;
    private static final int MIN_WIDTH = 40;
    private static final int MAX_WIDTH = 500;
    private static final List<String> PARAMETERS = List.of("follow", "tail", "color", "width");

    /** @throws InvalidRequestException with everything that is wrong with it */
    static LogRequest parse(MultivaluedMap<String, String> sent) {
        List<Problem.Violation> violations = new ArrayList<>();
        for (String name : sent.keySet()) {
            if (!PARAMETERS.contains(name)) {
                violations.add(
                        new Problem.Violation(name, "unknown parameter; known are " + String.join(", ", PARAMETERS)));
            }
        }
        var request = new LogRequest(
                choice(sent, "follow", List.of("false", "true", ""), violations) > 0,
                number(sent, "tail", 1, MAX_TAIL, violations).orElse(0),
                choice(sent, "color", List.of("never", "auto", "always"), violations) == 2,
                number(sent, "width", MIN_WIDTH, MAX_WIDTH, violations).orElse(USUAL_WIDTH));
        if (!violations.isEmpty()) {
            throw new InvalidRequestException("the query is not valid: see errors for what to change", violations);
        }
        return request;
    }

    LogRequest following() {
        return new LogRequest(true, tail, colour, width);
    }

    Rendering rendering(Clock clock) {
        return new TextRendering(new Sheet(width, colour), tail, clock);
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

    private static Optional<Integer> number(
            MultivaluedMap<String, String> sent, String name, int least, int most, List<Problem.Violation> violations) {
        String value = sent.getFirst(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return Optional.of(number);
            }
        } catch (NumberFormatException e) {
            // The same answer as for one that is out of bounds.
        }
        violations.add(new Problem.Violation(name, "must be a whole number from %d to %d".formatted(least, most)));
        return Optional.empty();
    }
}
