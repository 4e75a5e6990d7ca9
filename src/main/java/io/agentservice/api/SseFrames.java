package io.agentservice.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.agentservice.job.Delta;
import io.agentservice.store.StoredEvent;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Server-sent events as bytes. Data is one line of JSON, so it holds no line feed that could break a frame. */
final class SseFrames {

    private static final JsonFactory JSON = new JsonFactory();

    /** The first bytes of a stream: they carry the response's head, and how long to wait before coming back. */
    static final byte[] GREETING = bytes("retry: 2000\n\n");

    /** The last bytes of a stream whose job cannot be read now: no use in coming back at once. */
    static final byte[] BROKEN = bytes(": the job store cannot be read now\nretry: 10000\n\n");

    static final byte[] HEARTBEAT = bytes(": still here\n\n");

    private SseFrames() {}

    static byte[] of(StoredEvent event) {
        return bytes("id: " + event.sequence() + "\nevent: " + event.type() + "\ndata: "
                + event.data().text() + "\n\n");
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

    private static int after(byte[] frame, int from, char mark) {
        int at = from;
        while (frame[at] != mark) {
            at++;
        }
        return at + 1;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
