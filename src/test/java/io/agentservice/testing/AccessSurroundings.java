package io.agentservice.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * What callers come by in tests: a file of tokens, mounted as Kubernetes does it, and the server of an issuer's keys, behind
 * TLS. That serves what was last sent to it by PUT, and 503 before that.
 */
public final class AccessSurroundings implements QuarkusTestResourceLifecycleManager {

    public static final String ISSUER = "https://kubernetes.default.svc.cluster.local";
    /** Where a test puts the keys. */
    public static final String KEYS = "where the keys are put";

    public static final String TOKENS_FILE = "agent-service.access.tokens-file";

    private static final String ACCOUNTS = "agent-service.access.service-accounts.";

    private HttpServer server;
    private TlsFront front;
    private Path folder;
    private Map<String, String> config = Map.of();
    private volatile byte[] keys = new byte[0];

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory("tokens");
            mount(folder, "tokens: {}");
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            server.createContext("/", this::answer);
            server.start();
            front = TlsFront.before(plain(), folder.resolveSibling(folder.getFileName() + "-front"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        config = Map.of(
                TOKENS_FILE,
                folder.resolve("tokens.yaml").toString(),
                "agent-service.access.tokens-file-interval",
                "200ms",
                ACCOUNTS + "issuer",
                ISSUER,
                ACCOUNTS + "jwks-url",
                front.base() + "/keys",
                ACCOUNTS + "ca-file",
                front.authority().toString(),
                ACCOUNTS + "keys-interval",
                "0s",
                ACCOUNTS + "clock-skew",
                "0s",
                ACCOUNTS + "rules.ci.accounts",
                "ci/*",
                ACCOUNTS + "rules.ci.roles",
                "submit,read,cancel");
        return config;
    }

    private URI plain() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void inject(TestInjector test) {
        Given.Settings.into(test, config);
        Given.Settings.into(test, Map.of(KEYS, plain().toString()));
    }

    private void answer(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("PUT")) {
            keys = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(204, -1);
        } else {
            byte[] body = keys;
            exchange.sendResponseHeaders(body.length == 0 ? 503 : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    /** Puts tokens where the service reads them, as a mounted secret changes: by one link that is put in another's place. */
    public static void mount(Path folder, String yaml) throws IOException {
        Path version = Files.createTempDirectory(folder, "..version");
        Files.writeString(version.resolve("tokens.yaml"), yaml);
        Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), version.getFileName());
        Files.move(next, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        Path link = folder.resolve("tokens.yaml");
        if (!Files.isSymbolicLink(link)) {
            Files.createSymbolicLink(link, Path.of("..data/tokens.yaml"));
        }
    }

    @Override
    public void stop() {
        Given.Settings.forget(config);
        if (front != null) {
            front.close();
        }
        if (server != null) {
            server.stop(0);
        }
    }
}
