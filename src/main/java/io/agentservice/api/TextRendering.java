package io.agentservice.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The run as text for a terminal, perhaps only its last lines and what follows them. */
final class TextRendering implements Rendering {

    private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build());
    private static final int LIGHT_BYTES = 16 * 1024;
    /** Of 15 s each: often enough for proxies and the idle timeout, and seldom enough for a person. */
    private static final int QUIET_BEATS = 3;

    private final LogText log;
    private final Sheet sheet;
    private final int tail;
    private final Clock clock;
    private final Deque<String> lastLines = new ArrayDeque<>();
    private boolean caughtUp;
    private boolean midMessage;
    private int quiet;

    /** @param tail how many of the lines that there are now; all if 0 */
    TextRendering(Sheet sheet, int tail, Clock clock) {
        this.sheet = sheet;
        this.log = new LogText(sheet);
        this.tail = tail;
        this.clock = clock;
    }

    /** The first event follows at once. */
    @Override
    public byte[] greeting(long sequence) {
        return NOTHING;
    }

    @Override
    public byte[] page(List<byte[]> frames, boolean complete) {
        for (byte[] frame : frames) {
            SseFrames.Parts parts = SseFrames.parts(frame);
            log.event(parts.type(), read(frame, parts.dataAt()));
        }
        midMessage = true;
        if (tail == 0 || caughtUp) {
            return written();
        }
        sheet.take().lines().forEach(this::keep);
        caughtUp = complete;
        return complete ? bytes(String.join("\n", lastLines) + "\n") : NOTHING;
    }

    private void keep(String line) {
        lastLines.add(line);
        if (lastLines.size() > tail) {
            lastLines.remove();
        }
    }

    @Override
    public byte[] frames(List<byte[]> frames) {
        for (byte[] frame : frames) {
            SseFrames.Parts parts = SseFrames.parts(frame);
            JsonNode data = read(frame, parts.dataAt());
            if (!parts.isDelta()) {
                midMessage = false;
                log.event(parts.type(), data);
            } else if (!midMessage) {
                // Of a message whose beginning this stream has missed, the whole is shown when it is there.
                log.delta(data);
            }
        }
        return written();
    }

    private static JsonNode read(byte[] bytes, int from) {
        try {
            return JSON.readTree(bytes, from, bytes.length - from);
        } catch (IOException e) {
            throw new UncheckedIOException("what was recorded is JSON", e);
        }
    }

    private byte[] written() {
        String text = sheet.take();
        quiet = text.isEmpty() ? quiet : 0;
        return bytes(text);
    }

    @Override
    public boolean isWork(int bytes) {
        return bytes > LIGHT_BYTES;
    }

    @Override
    public byte[] position(long sequence) {
        return NOTHING;
    }

    @Override
    public byte[] heartbeat() {
        quiet++;
        if (quiet < QUIET_BEATS) {
            return NOTHING;
        }
        log.stillThere(clock.instant());
        return written();
    }

    @Override
    public byte[] broken() {
        log.note("the job store cannot be read now: ask again later", Sheet.Style.RED);
        return written();
    }

    @Override
    public byte[] notAdmitted() {
        log.note("this token is no longer valid", Sheet.Style.RED);
        return written();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
