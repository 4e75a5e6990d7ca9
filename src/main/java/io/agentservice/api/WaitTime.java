package io.agentservice.api;

import jakarta.ws.rs.core.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a caller is willing to wait for an answer. */
final class WaitTime {

    /** Shorter than {@code quarkus.http.idle-timeout}, which would cut off whoever waits longer. */
    static final Duration LONGEST = Duration.ofSeconds(60);

    private static final Pattern QUERY = Pattern.compile("([0-9]{1,9})(ms|s|m)?");
    /** RFC 7240: one of several preferences, in seconds; what is not understood is passed over. */
    private static final Pattern PREFERENCE = Pattern.compile("(?i)wait\\s*=\\s*\"?([0-9]{1,9})\"?(\\s*;.*)?");

    private WaitTime() {}

    /**
     * Reads {@code ?wait=}: seconds, or a number with ms, s or m.
     *
     * @param value null waits for nothing
     * @throws InvalidRequestException if it is no such time, or too long
     */
    static Duration ofQuery(String value) {
        if (value == null) {
            return Duration.ZERO;
        }
        Matcher time = QUERY.matcher(value);
        if (!time.matches()) {
            throw new InvalidRequestException("wait must be a time such as 30s, or 30");
        }
        long number = Long.parseLong(time.group(1));
        Duration wait =
                switch (time.group(2) == null ? "s" : time.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "m" -> Duration.ofMinutes(number);
                    default -> Duration.ofSeconds(number);
                };
        if (wait.compareTo(LONGEST) > 0) {
            throw new InvalidRequestException(
                    "wait may be at most %ds: ask again when that is over".formatted(LONGEST.toSeconds()));
        }
        return wait;
    }

    /** Reads {@code Prefer: wait=}. A preference is no demand: a longer one is cut down. */
    static Optional<Duration> preferred(HttpHeaders headers) {
        List<String> sent =
                Optional.ofNullable(headers.getRequestHeader("Prefer")).orElse(List.of());
        return sent.stream()
                .flatMap(line -> List.of(line.split(",")).stream())
                .map(preference -> PREFERENCE.matcher(preference.strip()))
                .filter(Matcher::matches)
                .map(wait -> Duration.ofSeconds(Long.parseLong(wait.group(1))))
                .map(wait -> wait.compareTo(LONGEST) > 0 ? LONGEST : wait)
                .findFirst();
    }
}
