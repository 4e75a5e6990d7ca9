package io.agentservice.api;

import java.nio.charset.StandardCharsets;
import java.time.Clock;

/** The run as a person reads it: what every way to send that has in common. */
abstract class LogRendering implements Rendering {

    private static final int LIGHT_BYTES = 16 * 1024;

    final Sheet sheet;
    final LogText log;
    final QuietBeats quiet = new QuietBeats();
    private final Clock clock;

    LogRendering(Sheet sheet, Clock clock) {
        this.sheet = sheet;
        this.log = new LogText(sheet);
        this.clock = clock;
    }

    /** Text of this moment, which belongs to no event, as it is sent. */
    abstract byte[] remark(String text);

    @Override
    public boolean isWork(int bytes) {
        return bytes > LIGHT_BYTES;
    }

    /** What was seen without anything to read in it is read again by who comes back, and shows nothing again. */
    @Override
    public byte[] position(long sequence) {
        return NOTHING;
    }

    /** For a person now and then. */
    @Override
    public byte[] heartbeat() {
        if (!quiet.isWorthALine()) {
            return NOTHING;
        }
        log.stillThere(clock.instant());
        return remark(sheet.take());
    }

    @Override
    public byte[] broken() {
        log.note("the job store cannot be read now: ask again later", Sheet.Style.RED);
        return remark(sheet.take());
    }

    static byte[] bytes(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
