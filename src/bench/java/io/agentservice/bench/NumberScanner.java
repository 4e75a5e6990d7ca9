package io.agentservice.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/** Finds the numbers behind a marker in a stream of bytes that comes in pieces. */
final class NumberScanner {

    private final byte[] marker;
    private final LongConsumer sink;
    private int matched;
    private long number;
    private boolean digits;

    /** @param marker its first character must not come again in it */
    NumberScanner(String marker, LongConsumer sink) {
        this.marker = marker.getBytes(StandardCharsets.US_ASCII);
        this.sink = sink;
    }

    void scan(ByteBuffer bytes) {
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            accept(bytes.get(i));
        }
    }

    private void accept(byte next) {
        if (matched < marker.length) {
            matched = next == marker[matched] ? matched + 1 : next == marker[0] ? 1 : 0;
        } else if (next >= '0' && next <= '9') {
            number = 10 * number + next - '0';
            digits = true;
        } else {
            if (digits) {
                sink.accept(number);
            }
            number = 0;
            digits = false;
            matched = next == marker[0] ? 1 : 0;
        }
    }
}
