package io.agentservice.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;

/** A running job whose agent says what the benchmark writes, when it writes it. */
final class LiveJob implements AutoCloseable {

    private static final String PADDING = "What an agent says between two tool calls is a sentence or two. ".repeat(4);

    private final Api api;
    private final RandomAccessFile line;
    private final String id;

    private LiveJob(Api api, RandomAccessFile line, String id) {
        this.api = api;
        this.line = line;
        this.id = id;
    }

    static LiveJob start(Service service, BenchHome home) throws IOException, InterruptedException {
        var api = new Api(service);
        var line = home.openLine();
        String id = api.submit(BenchHome.SAY_WHAT_COMES);
        api.awaitRunning(id);
        return new LiveJob(api, line, id);
    }

    String id() {
        return id;
    }

    /** A message of the agent that carries the time it was said, by this JVM's clock. */
    void say() throws IOException {
        say(line);
    }

    static void say(RandomAccessFile line) throws IOException {
        line.write(AgentLines.message("stamp=" + System.nanoTime() + "; " + PADDING)
                .getBytes(StandardCharsets.UTF_8));
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
