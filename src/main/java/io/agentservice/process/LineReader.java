package io.agentservice.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts a stream of bytes into lines, at once and without end: whatever comes, it never fails for its content. */
final class LineReader {

    private static final int CHUNK = 64 * 1024;

    private final OutputLine.Source source;
    private final int maxLineBytes;
    private final Consumer<OutputLine> sink;
    private ByteArrayOutputStream partial = new ByteArrayOutputStream();
    private long dropped;

    LineReader(OutputLine.Source source, int maxLineBytes, Consumer<OutputLine> sink) {
        this.source = source;
        this.maxLineBytes = maxLineBytes;
        this.sink = sink;
    }

    /** Reads to the end of the stream; blocks. What follows the last line feed is a line too. */
    void drain(InputStream stream) throws IOException {
        byte[] chunk = new byte[CHUNK];
        try {
            for (int n; (n = stream.read(chunk)) >= 0; ) {
                accept(chunk, n);
            }
        } finally {
            // Also where the stream breaks off: a process that is ended may be in the middle of a line.
            if (partial.size() > 0) {
                finishLine();
            }
        }
    }

    private void accept(byte[] chunk, int length) {
        int from = 0;
        for (int i = 0; i < length; i++) {
            if (chunk[i] == '\n') {
                if (partial.size() == 0 && i - from <= maxLineBytes) {
                    sink.accept(new OutputLine(source, new String(chunk, from, i - from, StandardCharsets.UTF_8), 0));
                } else {
                    keep(chunk, from, i - from);
                    finishLine();
                }
                from = i + 1;
            }
        }
        keep(chunk, from, length - from);
    }

    private void keep(byte[] chunk, int from, int length) {
        int kept = Math.min(length, maxLineBytes - partial.size());
        partial.write(chunk, from, kept);
        dropped += length - kept;
    }

    private void finishLine() {
        sink.accept(new OutputLine(source, partial.toString(StandardCharsets.UTF_8), dropped));
        if (partial.size() > CHUNK) {
            // One huge line must not cost its room for as long as the process lives.
            partial = new ByteArrayOutputStream();
        }
        partial.reset();
        dropped = 0;
    }
}
