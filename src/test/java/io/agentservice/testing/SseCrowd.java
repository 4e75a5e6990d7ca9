package io.agentservice.testing;

import io.restassured.RestAssured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Many clients that follow one job from its first event, read by one thread. Each looks that no event is missing. */
public final class SseCrowd implements AutoCloseable {

    private static final byte[] ID = "\nid: ".getBytes(StandardCharsets.US_ASCII);

    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocate(256 * 1024);
    private final List<Client> clients = new ArrayList<>();
    private final List<SocketChannel> stalled = new ArrayList<>();
    private final Thread reader = new Thread(this::read, "sse-crowd");

    public SseCrowd(String job, int size, int stalledReaders) throws IOException {
        for (int i = 0; i < size; i++) {
            var client = new Client();
            SocketChannel channel = connect(job);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, client);
            clients.add(client);
        }
        for (int i = 0; i < stalledReaders; i++) {
            stalled.add(connect(job));
        }
        reader.setDaemon(true);
        reader.start();
    }

    private static SocketChannel connect(String job) throws IOException {
        var channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", RestAssured.port));
        channel.write(ByteBuffer.wrap(("GET /jobs/%s/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + "Authorization: Bearer %s\r\n\r\n")
                .formatted(job, ServiceUnderTest.TOKEN)
                .getBytes(StandardCharsets.US_ASCII)));
        return channel;
    }

    /** What one client has seen. */
    private static final class Client {
        private int matched;
        private long number;
        private volatile long last;
        private volatile boolean gap;
        private volatile boolean ended;

        void see(byte b) {
            if (matched == ID.length) {
                if (b >= '0' && b <= '9') {
                    number = number * 10 + b - '0';
                    return;
                }
                gap |= number != last + 1;
                last = number;
                matched = 0;
            }
            matched = b == ID[matched] ? matched + 1 : b == ID[0] ? 1 : 0;
            number = 0;
        }
    }

    private void read() {
        try {
            while (true) {
                selector.select(key -> read((SocketChannel) key.channel(), (Client) key.attachment()), 100);
            }
        } catch (ClosedSelectorException done) {
            // close() was called.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(SocketChannel channel, Client client) {
        try {
            buffer.clear();
            if (channel.read(buffer) < 0) {
                client.ended = true;
                channel.close();
            }
            buffer.flip();
            while (buffer.hasRemaining()) {
                client.see(buffer.get());
            }
        } catch (IOException e) {
            client.gap = true;
        }
    }

    /** The least that any of them has seen. */
    public long slowest() {
        return clients.stream().mapToLong(client -> client.last).min().orElse(0);
    }

    public boolean allEnded() {
        return clients.stream().allMatch(client -> client.ended);
    }

    /** How many have missed an event, had one twice, or do not stand at this one. */
    public long wrongAt(long sequence) {
        return clients.stream()
                .filter(client -> client.gap || client.last != sequence)
                .count();
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
