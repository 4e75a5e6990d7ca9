package io.agentservice.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A git server over HTTP: the bare repositories of one folder, by git's own http-backend, with a token if wanted. */
public final class GitHttpServer implements AutoCloseable {

    private final Path root;
    private final Optional<String> token;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile boolean down;
    private volatile Optional<CountDownLatch> holdUp = Optional.empty();

    private GitHttpServer(Path root, Optional<String> token) throws IOException {
        this.root = root;
        this.token = token;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    /** @param token what a client must send as password; empty lets everybody in */
    public static GitHttpServer start(Path root, Optional<String> token) throws IOException {
        return new GitHttpServer(root, token);
    }

    public String base() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public String url(String repository) {
        return base() + "/" + repository;
    }

    /** The requests so far, as {@code METHOD path?query}. */
    public List<String> requests() {
        return requests;
    }

    /** From now on every request fails, or again none. */
    public void down(boolean isDown) {
        down = isDown;
    }

    /** From now on every request waits until the latch is down. */
    public void holdUp(CountDownLatch latch) {
        holdUp = Optional.of(latch);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            if (holdUp.isPresent()) {
                holdUp.get().await();
            }
            if (down) {
                exchange.sendResponseHeaders(503, -1);
            } else if (isAllowed(exchange)) {
                runBackend(exchange);
            } else {
                exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"git\"");
                exchange.sendResponseHeaders(401, -1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isAllowed(HttpExchange exchange) {
        if (token.isEmpty()) {
            return true;
        }
        String sent = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .orElse("");
        if (!sent.startsWith("Basic ")) {
            return false;
        }
        String login = new String(Base64.getDecoder().decode(sent.substring(6)), StandardCharsets.UTF_8);
        return login.endsWith(":" + token.get());
    }

    private void runBackend(HttpExchange exchange) throws IOException {
        var builder = new ProcessBuilder("git", "http-backend");
        var environment = builder.environment();
        environment.put("GIT_PROJECT_ROOT", root.toString());
        environment.put("GIT_HTTP_EXPORT_ALL", "1");
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        environment.put("REMOTE_USER", "somebody");
        environment.put("REQUEST_METHOD", exchange.getRequestMethod());
        environment.put("PATH_INFO", exchange.getRequestURI().getPath());
        environment.put(
                "QUERY_STRING",
                Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse(""));
        copyHeader(exchange, "Content-Type", environment);
        copyHeader(exchange, "Content-Encoding", environment);
        copyHeader(exchange, "Git-Protocol", environment);
        environment.put("GIT_PROTOCOL", environment.getOrDefault("HTTP_GIT_PROTOCOL", ""));
        Process backend = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (var in = backend.getOutputStream()) {
            exchange.getRequestBody().transferTo(in);
        }
        try (InputStream out = backend.getInputStream()) {
            int status = 200;
            for (String line; !(line = readLine(out)).isEmpty(); ) {
                int colon = line.indexOf(':');
                if (line.startsWith("Status:")) {
                    status = Integer.parseInt(line.substring(8, 11));
                } else {
                    exchange.getResponseHeaders()
                            .add(
                                    line.substring(0, colon),
                                    line.substring(colon + 1).strip());
                }
            }
            exchange.sendResponseHeaders(status, 0);
            out.transferTo(exchange.getResponseBody());
        }
    }

    private static void copyHeader(HttpExchange exchange, String name, java.util.Map<String, String> environment) {
        String value = exchange.getRequestHeaders().getFirst(name);
        if (value != null) {
            String variable = name.toUpperCase(java.util.Locale.ROOT).replace('-', '_');
            environment.put(variable.equals("CONTENT_TYPE") ? variable : "HTTP_" + variable, value);
        }
    }

    private static String readLine(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c; (c = in.read()) >= 0 && c != '\n'; ) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        holdUp.ifPresent(CountDownLatch::countDown);
        server.stop(0);
        threads.shutdownNow();
    }
}
