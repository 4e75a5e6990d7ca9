package io.agentservice.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The run as text for a terminal, perhaps only its last lines and what follows them. */
final class TextRendering implements Rendering {

    private static final int LIGHT_BYTES = 16 * 1024;

    private final LogText log;
    private final Sheet sheet;
    private final int tail;
    private final Clock clock;
    private final QuietBeats quiet = new QuietBeats();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private boolean caughtUp;
    private boolean midMessage;

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
            log.event(parts.type(), FrameJson.read(frame, parts.dataAt()));
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
            JsonNode data = FrameJson.read(frame, parts.dataAt());
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

    private byte[] written() {
        String text = sheet.take();
        if (!text.isEmpty()) {
            quiet.broken();
        }
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
        if (!quiet.isWorthALine()) {
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
