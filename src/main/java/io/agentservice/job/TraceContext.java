package io.agentservice.job;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a trace, as <a href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a> writes it in {@code
 * traceparent}.
 *
 * @param traceId 32 hex digits
 * @param spanId 16 hex digits
 * @param sampled whether somebody records it
 */
public record TraceContext(String traceId, String spanId, boolean sampled) {

    /** Only of version 00 is the end known; a later one may have more after a dash. */
    private static final Pattern SHAPE =
            Pattern.compile("(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

    private static final int SAMPLED = 1;
    private static final int SPAN_ID_BYTES = 8;

    /** @throws IllegalArgumentException if it is not one */
    public TraceContext {
        if (!traceId.matches("[0-9a-f]{32}") || !spanId.matches("[0-9a-f]{16}") || isZero(traceId) || isZero(spanId)) {
            throw new IllegalArgumentException("not a place in a trace");
        }
    }

    /** What a caller sent; one that is not valid counts as none, as the standard asks. */
    public static Optional<TraceContext> parse(String header) {
        Matcher parts = SHAPE.matcher(header);
        if (!parts.matches() || header.startsWith("00") && parts.group(4) != null) {
            return Optional.empty();
        }
        boolean sampled = (Integer.parseInt(parts.group(3), 16) & SAMPLED) != 0;
        return isZero(parts.group(1)) || isZero(parts.group(2))
                ? Optional.empty()
                : Optional.of(new TraceContext(parts.group(1), parts.group(2), sampled));
    }

    private static boolean isZero(String id) {
        return id.chars().allMatch(digit -> digit == '0');
    }

    /** A span below this one whose id follows from its name, so that the next life of the service knows it, too. */
    TraceContext child(String name) {
        byte[] hash = sha256(name + "@" + traceId);
        return new TraceContext(traceId, HexFormat.of().formatHex(hash, 0, SPAN_ID_BYTES), sampled);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** As {@code traceparent} has it. */
    @Override
    public String toString() {
        return "00-%s-%s-%s".formatted(traceId, spanId, sampled ? "01" : "00");
    }
}
