package io.agentservice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that follow one job from its first event, read by one thread. They check that no event is missing or comes
 * twice, and take the time of those that carry a stamp.
 */
final class SseClients implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Service service;
    private final String job;
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
    private final List<SocketChannel> stalled = new ArrayList<>();
    private final AtomicLong stamps = new AtomicLong();
    private final AtomicLong greeted = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final Thread reader = new Thread(this::read, "sse-clients");
    private volatile Series latencies = new Series();
    private volatile String fault = "";
    private long readAt;
    private int count;

    SseClients(Service service, String job) throws IOException {
        this.service = service;
        this.job = job;
        reader.setDaemon(true);
        reader.start();
    }

    /** What one client has seen. */
    private final class Client {
        private final NumberScanner ids = new NumberScanner("\nid: ", this::sawId);
        private final NumberScanner times = new NumberScanner("stamp=", this::sawStamp);
        private long lastId;
        private boolean greeted;

        private void sawId(long id) {
            if (id != lastId + 1) {
                fault = "event %d came after %d".formatted(id, lastId);
            }
            lastId = id;
        }

        private void sawStamp(long saidAt) {
            latencies.add((readAt - saidAt) / 1000.0);
            stamps.incrementAndGet();
        }
    }

    String job() {
        return job;
    }

    SseClients connect(int more) throws IOException {
        for (int i = 0; i < more; i++) {
            SocketChannel channel = open();
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Client());
        }
        count += more;
        return this;
    }

    /** Clients that never read a byte of their answer. */
    SseClients connectStalled(int more) throws IOException {
        for (int i = 0; i < more; i++) {
            stalled.add(open());
        }
        return this;
    }

    private SocketChannel open() throws IOException {
        var channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), service.port()));
        channel.write(ByteBuffer.wrap(("GET /jobs/%s/events HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
                        + "Authorization: Bearer %s\r\n\r\n")
                .formatted(job, Service.TOKEN)
                .getBytes(StandardCharsets.US_ASCII)));
        return channel;
    }

    private void read() {
        try {
            while (true) {
                selector.select(key -> read((SocketChannel) key.channel(), (Client) key.attachment()), 10);
            }
        } catch (ClosedSelectorException done) {
            // close() was called.
        } catch (IOException | UncheckedIOException e) {
            fault = e.toString();
        }
    }

    private void read(SocketChannel channel, Client client) {
        try {
            buffer.clear();
            int length = channel.read(buffer);
            readAt = System.nanoTime();
            if (!client.greeted && length > 0) {
                client.greeted = true;
                greeted.incrementAndGet();
            }
            if (length < 0) {
                ended.incrementAndGet();
                channel.close();
            }
            buffer.flip();
            client.ids.scan(buffer);
            client.times.scan(buffer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until each client has this many stamped events since the last {@link #reset}. */
    void awaitStamps(long each) throws IOException {
        await(stamps, each * count, "stamped events");
    }

    /** Waits until each client has been answered. */
    void awaitGreeting() throws IOException {
        await(greeted, count, "first bytes");
    }

    void awaitEnd() throws IOException {
        await(ended, count, "ends of streams");
    }

    private void await(AtomicLong seen, long wanted, String what) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (seen.get() < wanted) {
            if (!fault.isEmpty() || System.nanoTime() > deadline) {
                throw new IOException("%d of %d %s of job %s; %s".formatted(seen.get(), wanted, what, job, fault));
            }
            Pace.sleep(Duration.ofMillis(1));
        }
    }

    /** Forgets what was measured; nothing may be under way. */
    void reset() {
        latencies = new Series();
        stamps.set(0);
    }

    /** From the writing of an event to its reading, in microseconds; nothing may be under way. */
    Series latencies() {
        return latencies;
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        for (SocketChannel channel : stalled) {
            channel.close();
        }
        selector.close();
    }
}
