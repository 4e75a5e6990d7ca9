package io.agentservice.testing;

import io.restassured.RestAssured;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A stream as it is on the wire, head and all, for a client that reads when it likes. HTTP/1.1 by hand. */
public final class RawStream implements AutoCloseable {

    private final Socket socket = new Socket();

    /** @param path with its query */
    public static RawStream open(String path) throws IOException {
        return open(path, 0);
    }

    /** @param receiveBuffer what the system takes for a client that does not read, in bytes; 0 for what is usual */
    public static RawStream open(String path, int receiveBuffer) throws IOException {
        var stream = new RawStream();
        if (receiveBuffer > 0) {
            stream.socket.setReceiveBufferSize(receiveBuffer);
        }
        stream.socket.connect(new InetSocketAddress("127.0.0.1", RestAssured.port));
        String request = "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nAccept: text/event-stream\r\n\r\n"
                .formatted(path, ServiceUnderTest.TOKEN);
        stream.socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        stream.socket.setSoTimeout(60_000);
        return stream;
    }

    /** Reads until this was there, and returns all up to it. */
    public String until(String text) throws IOException {
        var read = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (read.indexOf(text) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the stream ended without '%s': %s".formatted(text, read));
            }
            read.append((char) next);
        }
        return read.toString();
    }

    /** Reads to the end, however it comes. */
    public long drain() {
        long bytes = 0;
        try {
            InputStream in = socket.getInputStream();
            byte[] chunk = new byte[64 * 1024];
            for (int n; (n = in.read(chunk)) >= 0; ) {
                bytes += n;
            }
        } catch (java.net.SocketTimeoutException e) {
            throw new IllegalStateException("the stream did not end", e);
        } catch (IOException reset) {
            // An end, too.
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
