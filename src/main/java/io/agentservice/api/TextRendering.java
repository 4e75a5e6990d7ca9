package io.agentservice.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The run as text for a terminal, perhaps only its last lines and what follows them. */
final class TextRendering extends LogRendering {

    private final int tail;
    private final Deque<String> lastLines = new ArrayDeque<>();
    private boolean caughtUp;
    private boolean midMessage;

    /** @param tail how many of the lines that there are now; all if 0 */
    TextRendering(Sheet sheet, int tail, Clock clock) {
        super(sheet, clock);
        this.tail = tail;
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
        return remark(sheet.take());
    }

    @Override
    byte[] remark(String text) {
        if (!text.isEmpty()) {
            quiet.broken();
        }
        return bytes(text);
    }

    @Override
    public byte[] notAdmitted() {
        log.note("this token is no longer valid", Sheet.Style.RED);
        return written();
    }
}
