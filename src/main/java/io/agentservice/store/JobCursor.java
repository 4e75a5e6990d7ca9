package io.agentservice.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;

/**
 * A place in the list of jobs, which stays the same place whatever is added before it.
 *
 * @param key tells jobs apart that were accepted in the same millisecond
 */
public record JobCursor(Instant createdAt, long key) {

    private static final int BYTES = 2 * Long.BYTES;

    /** As callers get it: opaque to them. */
    public String encode() {
        byte[] bytes = ByteBuffer.allocate(BYTES)
                .putLong(createdAt.toEpochMilli())
                .putLong(key)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** @throws IllegalArgumentException if {@link #encode} did not make it */
    public static JobCursor decode(String text) {
        byte[] bytes = Base64.getUrlDecoder().decode(text);
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("not a cursor");
        }
        var fields = ByteBuffer.wrap(bytes);
        var cursor = new JobCursor(Instant.ofEpochMilli(fields.getLong()), fields.getLong());
        if (!cursor.encode().equals(text)) {
            throw new IllegalArgumentException("not a cursor");
        }
        return cursor;
    }
}
