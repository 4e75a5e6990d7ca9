package io.agentservice.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads an event stream over real HTTP, by the letter of the HTML standard. Leaves when it is closed. */
public final class SseReader implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final BufferedReader lines;
    private long lastId;

    private SseReader(BufferedReader lines) {
        this.lines = lines;
    }

    public static SseReader open(URI uri, Optional<String> lastEventId) {
        return open(uri, lastEventId, ServiceUnderTest.TOKEN);
    }

    public static SseReader open(URI uri, Optional<String> lastEventId, String token) {
        var request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + token)
                .header("Accept", "text/event-stream");
        lastEventId.ifPresent(id -> request.header("Last-Event-ID", id));
        try {
            var response = HTTP.send(request.build(), BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                throw new IOException("status " + response.statusCode());
            }
            return new SseReader(new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The next event, or empty at the end of the stream. Comments and retry fields are passed over. */
    public Optional<SseEvent> next() {
        long id = -1;
        String event = "message";
        List<String> data = new ArrayList<>();
        for (String line; (line = readLine()) != null; ) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    return Optional.of(new SseEvent(id, event, String.join("\n", data)));
                }
                // A frame without data is no event; the reader keeps its id all the same.
                id = -1;
                event = "message";
            } else if (line.startsWith("id: ")) {
                id = Long.parseLong(line.substring(4));
                lastId = id;
            } else if (line.startsWith("event: ")) {
                event = line.substring(7);
            } else if (line.startsWith("data: ")) {
                data.add(line.substring(6));
            }
        }
        return Optional.empty();
    }

    private String readLine() {
        try {
            return lines.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What an EventSource would send as Last-Event-ID when it comes back now; 0 if nothing. */
    public long lastId() {
        return lastId;
    }

    /** Reads up to and with the first event that fits. */
    public List<SseEvent> until(Predicate<SseEvent> last) {
        List<SseEvent> events = new ArrayList<>();
        for (Optional<SseEvent> next; (next = next()).isPresent(); ) {
            events.add(next.get());
            if (last.test(next.get())) {
                break;
            }
        }
        return events;
    }

    public List<SseEvent> toEnd() {
        return until(event -> false);
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
