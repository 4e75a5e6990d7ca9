package io.agentservice.api;

import java.time.Clock;
import java.util.List;

/**
 * The run as text for a client that comes back: what an event adds to the log is one server-sent event with its id. How
 * it looks depends on what came before, so a client that has seen some gets the rest of the same text.
 */
final class LogEvents extends LogRendering {

    private final long after;

    /** @param after the last event that the client has: up to there nothing is sent */
    LogEvents(Sheet sheet, long after, Clock clock) {
        super(sheet, clock);
        this.after = after;
    }

    @Override
    public byte[] greeting(long sequence) {
        return SseFrames.greeting(after);
    }

    @Override
    public byte[] page(List<byte[]> frames, boolean complete) {
        return frames(frames);
    }

    @Override
    public byte[] frames(List<byte[]> frames) {
        var news = new StringBuilder();
        for (byte[] frame : frames) {
            SseFrames.Parts parts = SseFrames.parts(frame);
            if (!parts.isDelta()) {
                log.event(parts.type(), FrameJson.read(frame, parts.dataAt()));
                append(news, SseFrames.id(frame), sheet.take());
            }
        }
        if (!news.isEmpty()) {
            quiet.broken();
        }
        return bytes(news);
    }

    private void append(StringBuilder news, long sequence, String text) {
        if (sequence > after && !text.isEmpty()) {
            news.append("id: ").append(sequence).append('\n').append(data(text));
        }
    }

    private static String data(String text) {
        var frame = new StringBuilder();
        text.lines().forEach(line -> frame.append("data: ").append(line).append('\n'));
        return frame.append('\n').toString();
    }

    /** Without an id. */
    @Override
    byte[] remark(String text) {
        return bytes(data(text));
    }

    /** For what stands in between always. */
    @Override
    public byte[] heartbeat() {
        byte[] line = super.heartbeat();
        return line.length == 0 ? SseFrames.HEARTBEAT : line;
    }

    @Override
    public byte[] broken() {
        return SseFrames.join(List.of(super.broken(), bytes("retry: 10000\n\n")));
    }

    @Override
    public byte[] notAdmitted() {
        return SseFrames.NOT_ADMITTED;
    }
}
