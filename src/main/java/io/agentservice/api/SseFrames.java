package io.agentservice.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.agentservice.job.Delta;
import io.agentservice.store.StatusChange;
import io.agentservice.store.StoredEvent;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Server-sent events as bytes. Data is one line of JSON, so it holds no line feed that could break a frame. */
final class SseFrames {

    private static final JsonFactory JSON = new JsonFactory();

    /** The first bytes of a stream: they carry the response's head, and how long to wait before coming back. */
    private static final String GREETING = "retry: 2000\n";

    /** The last bytes of a stream whose job cannot be read now: no use in coming back at once. */
    static final byte[] BROKEN = bytes(": the job store cannot be read now\nretry: 10000\n\n");

    static final byte[] HEARTBEAT = bytes(": still here\n\n");

    /** The last bytes of a stream whose caller may no longer be here. */
    static final byte[] NOT_ADMITTED = bytes(": this token is no longer valid\n\n");

    private SseFrames() {}

    /** With where the client stands, so that it comes back to there even if it has seen nothing. */
    static byte[] greeting(long sequence) {
        return bytes(GREETING + (sequence > 0 ? "id: " + sequence + "\n\n" : "\n"));
    }

    /** Moves a client on without an event: a frame without data is not shown, but its id is remembered. */
    static byte[] position(long sequence) {
        return bytes("id: " + sequence + "\n\n");
    }

    static byte[] of(StoredEvent event) {
        return bytes("id: " + event.sequence() + "\nevent: " + event.type() + "\ndata: "
                + event.data().text() + "\n\n");
    }

    /** The event of the job, and which job that is. */
    static byte[] of(StatusChange change) {
        var data = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(data)) {
            out.writeStartObject();
            out.writeStringField("job_id", change.job().id().value());
            out.writeStringField("agent", change.job().agent());
            out.writeNumberField("sequence", change.event().sequence());
            out.writeFieldName("metadata");
            out.writeRawValue(change.job().metadata().text());
            // The rest of the object is that of the event, which begins with its brace and is not empty.
            out.writeRaw("," + change.event().data().text().strip().substring(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes("id: " + change.position() + "\nevent: status\ndata: " + data + "\n\n");
    }

    /** A delta has no id: it cannot be asked for again. */
    static byte[] of(Delta delta) {
        var data = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(data)) {
            out.writeStartObject();
            out.writeStringField("kind", delta.kind());
            out.writeStringField("text", delta.text());
            if (delta.parent().isPresent()) {
                out.writeStringField("parent", delta.parent().get());
            }
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes("event: delta\ndata: " + data + "\n\n");
    }

    /**
     * A frame taken apart again, so that what is not sent as such need not be kept twice.
     *
     * @param dataAt where its JSON begins, which goes on to its end
     */
    record Parts(String type, boolean isDelta, int dataAt) {}

    static Parts parts(byte[] frame) {
        int at = frame[0] == 'i' ? after(frame, 0, '\n') : 0;
        int type = after(frame, at, ' ');
        int end = after(frame, type, '\n');
        String name = new String(frame, type, end - 1 - type, StandardCharsets.US_ASCII);
        return new Parts(name, at == 0, after(frame, end, ' '));
    }

    /** The id of a frame that is no delta. */
    static long id(byte[] frame) {
        int from = after(frame, 0, ' ');
        return Long.parseLong(new String(frame, from, after(frame, from, '\n') - 1 - from, StandardCharsets.US_ASCII));
    }

    private static int after(byte[] frame, int from, char mark) {
        int at = from;
        while (frame[at] != mark) {
            at++;
        }
        return at + 1;
    }

    /** One after the other. */
    static byte[] join(List<byte[]> frames) {
        if (frames.size() == 1) {
            return frames.get(0);
        }
        byte[] all = new byte[frames.stream().mapToInt(frame -> frame.length).sum()];
        int at = 0;
        for (byte[] frame : frames) {
            System.arraycopy(frame, 0, all, at, frame.length);
            at += frame.length;
        }
        return all;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
