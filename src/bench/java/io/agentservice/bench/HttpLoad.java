package io.agentservice.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One request, asked again and again over connections that stay open, each waiting for its answer. */
record HttpLoad(Service service, String request, int expectedStatus) {

    static final int CONNECTIONS = 32;

    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    /**
     * What came of it.
     *
     * @param cpuMicros of the service, for one request
     */
    record Rate(double perSecond, double cpuMicros) {}

    static HttpLoad get(Service service, String path) {
        return new HttpLoad(service, "GET " + path + " HTTP/1.1\r\n" + headers() + "\r\n", 200);
    }

    static HttpLoad post(Service service, String path, String body, int expectedStatus) {
        String head = "POST %s HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                .formatted(path, headers(), body.length());
        return new HttpLoad(service, head + body, expectedStatus);
    }

    private static String headers() {
        return "Host: bench\r\nAuthorization: Bearer " + Service.TOKEN + "\r\n";
    }

    Rate run(Duration time) throws IOException, InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            ServerCpu before = ServerCpu.now(service);
            long start = System.nanoTime();
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                counts.add(threads.submit(() -> askUntil(start + time.toNanos())));
            }
            long all = 0;
            for (Future<Long> count : counts) {
                all += count.get();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            return new Rate(all / seconds, ServerCpu.now(service).since(before) / all);
        } finally {
            threads.shutdownNow();
        }
    }

    private long askUntil(long nanoTime) throws IOException {
        byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
        byte[] buffer = new byte[16 * 1024];
        long count = 0;
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.setTcpNoDelay(true);
            for (; System.nanoTime() < nanoTime; count++) {
                socket.getOutputStream().write(bytes);
                readAnswer(socket.getInputStream(), buffer);
            }
        }
        return count;
    }

    private void readAnswer(InputStream in, byte[] buffer) throws IOException {
        int length = 0;
        for (int wanted = Integer.MAX_VALUE; length < wanted; ) {
            int n = in.read(buffer, length, buffer.length - length);
            if (n <= 0) {
                throw new EOFException("an answer was cut, or is longer than expected");
            }
            length += n;
            if (wanted == Integer.MAX_VALUE) {
                wanted = answerLength(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
            }
        }
    }

    /** Of head and body; {@code MAX_VALUE} while the head is not complete. */
    private int answerLength(String soFar) throws IOException {
        int head = soFar.indexOf("\r\n\r\n");
        if (head < 0) {
            return Integer.MAX_VALUE;
        }
        Matcher length = LENGTH.matcher(soFar);
        if (!soFar.startsWith("HTTP/1.1 " + expectedStatus) || !length.find() || length.start() > head) {
            throw new IOException("not the answer that was expected: " + soFar);
        }
        return head + 4 + Integer.parseInt(length.group(1));
    }
}
