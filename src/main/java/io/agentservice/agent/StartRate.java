package io.agentservice.agent;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** At most so many starts in any window of this length, such as {@code 5 per 6h}. */
public record StartRate(int starts, Duration window) {

    private static final Pattern SHAPE = Pattern.compile("(\\d{1,6}) per (\\S+)");

    public StartRate {
        if (starts < 1 || window.isZero() || window.isNegative()) {
            throw new IllegalArgumentException("a start rate has at least one start in a time above zero");
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
