package io.agentservice.api;

import io.agentservice.api.Sheet.Style;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;

/**
 * The run as text for a client that comes back: what an event adds to the log is one server-sent event with its id. How
 * it looks depends on what came before, so a client that has seen some gets the rest of the same text.
 */
final class LogEvents implements Rendering {

    private static final int LIGHT_BYTES = 16 * 1024;

    private final Sheet sheet;
    private final LogText log;
    private final long after;
    private final Clock clock;
    private final QuietBeats quiet = new QuietBeats();

    /** @param after the last event that the client has: up to there nothing is sent */
    LogEvents(Sheet sheet, long after, Clock clock) {
        this.sheet = sheet;
        this.log = new LogText(sheet);
        this.after = after;
        this.clock = clock;
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

    @Override
    public boolean isWork(int bytes) {
        return bytes > LIGHT_BYTES;
    }

    /** What it has seen without anything to read in it is read again when it comes back, and shows nothing again. */
    @Override
    public byte[] position(long sequence) {
        return NOTHING;
    }

    /** For a person now and then, without an id; for what stands in between always. */
    @Override
    public byte[] heartbeat() {
        if (!quiet.isWorthALine()) {
            return SseFrames.HEARTBEAT;
        }
        log.stillThere(clock.instant());
        return bytes(data(sheet.take()));
    }

    @Override
    public byte[] broken() {
        log.note("the job store cannot be read now: ask again later", Style.RED);
        return bytes(data(sheet.take()) + "retry: 10000\n\n");
    }

    @Override
    public byte[] notAdmitted() {
        return SseFrames.NOT_ADMITTED;
    }

    private static byte[] bytes(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
