package io.agentservice.bench;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A running job whose agent says what the benchmark writes, when it writes it. */
final class LiveJob implements AutoCloseable {

    private static final String PADDING = "What an agent says between two tool calls is a sentence or two. ".repeat(4);

    private final Api api;
    private final OutputStream line;
    private final String id;

    private LiveJob(Api api, OutputStream line, String id) {
        this.api = api;
        this.line = line;
        this.id = id;
    }

    static LiveJob start(Service service, BenchHome home) throws IOException, InterruptedException {
        var api = new Api(service);
        // Held open until the agent listens. From then on words to an agent that is gone fail; they do not wait.
        try (var held = home.openLine();
                var first = new SseClients(service, api.submit(BenchHome.SAY_WHAT_COMES))) {
            var job = new LiveJob(api, new FileOutputStream(home.line().toFile()), first.job());
            held.write(word());
            first.connect(1).awaitStamps(1);
            return job;
        }
    }

    String id() {
        return id;
    }

    /** Says a message that carries the time it was said, by this JVM's clock. */
    void say() throws IOException {
        line.write(word());
    }

    static byte[] word() {
        return AgentLines.message("stamp=" + System.nanoTime() + "; " + PADDING).getBytes(StandardCharsets.UTF_8);
    }

    void say(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            say();
        }
    }

    @Override
    public void close() throws IOException {
        line.close();
        try {
            api.awaitCompleted(id);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
