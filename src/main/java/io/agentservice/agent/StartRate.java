package io.agentservice.agent;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** At most so many starts in any window of this length, such as {@code 5 per 6h}. */
public record StartRate(int starts, Duration window) {

    /** Starts are remembered as far back. */
    public static final Duration LONGEST_WINDOW = Duration.ofDays(31);

    private static final Pattern SHAPE = Pattern.compile("(\\d{1,6}) per (\\S+)");

    public StartRate {
        if (starts < 1 || window.isZero() || window.isNegative() || window.compareTo(LONGEST_WINDOW) > 0) {
            throw new IllegalArgumentException(
                    "must have at least one start, in at most " + LONGEST_WINDOW.toDays() + "d");
        }
    }

    /** @throws IllegalArgumentException if it is not of the form {@code 5 per 6h} */
    static StartRate parse(String text) {
        Matcher matcher = SHAPE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be like '5 per 6h'");
        }
        return new StartRate(Integer.parseInt(matcher.group(1)), Durations.parse(matcher.group(2)));
    }

    @Override
    public String toString() {
        return starts + " per " + window;
    }
}
