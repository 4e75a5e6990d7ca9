package io.agentservice.api;

import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The header with which a caller may send a request again without making a second job. */
final class IdempotencyKey {

    private static final String HEADER = "Idempotency-Key";
    static final String REPLAYED = "Idempotency-Replayed";
    private static final Pattern SHAPE = Pattern.compile("[\\x20-\\x7e]{1,255}");

    private IdempotencyKey() {}

    /** @throws InvalidRequestException if it is none, or if there are several */
    static Optional<String> of(HttpHeaders headers) {
        // Not by @HeaderParam, which drops an empty header: that is a key which somebody forgot to fill in.
        List<String> sent = headers.getRequestHeader(HEADER);
        if (sent == null || sent.isEmpty()) {
            return Optional.empty();
        }
        if (sent.size() > 1 || !SHAPE.matcher(sent.get(0)).matches()) {
            throw new InvalidRequestException(
                    "Idempotency-Key must be one header of 1 to 255 printable ASCII characters");
        }
        return Optional.of(sent.get(0));
    }
}
