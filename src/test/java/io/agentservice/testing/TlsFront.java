package io.agentservice.testing;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** TLS before a server of this machine, by a certificate that only those know who are given its file. */
public final class TlsFront implements AutoCloseable {

    private static final String PASSWORD = "changeit";

    private final Vertx vertx = Vertx.vertx();
    private final Path authority;
    private final int port;

    private TlsFront(URI plain, Path folder) throws IOException {
        Path store = folder.resolve("front.p12");
        authority = folder.resolve("front.pem");
        makeKey(store);
        Files.writeString(authority, pem(store));
        NetClient client = vertx.createNetClient();
        var options = new NetServerOptions()
                .setHost("127.0.0.1")
                .setPort(0)
                .setSsl(true)
                .setKeyCertOptions(new PfxOptions().setPath(store.toString()).setPassword(PASSWORD));
        NetServer server = vertx.createNetServer(options).connectHandler(caller -> join(caller, client, plain));
        port = server.listen().toCompletionStage().toCompletableFuture().join().actualPort();
    }

    /** @param folder for its key and its certificate; the front's alone */
    public static TlsFront before(URI plain, Path folder) throws IOException {
        return new TlsFront(plain, Files.createDirectories(folder));
    }

    private static void makeKey(Path store) throws IOException {
        String program =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String options =
                "-genkeypair -alias front -keyalg EC -dname CN=front -ext san=ip:127.0.0.1 -storepass " + PASSWORD;
        List<String> command = new ArrayList<>(List.of(program, "-keystore", store.toString()));
        command.addAll(List.of(options.split(" ")));
        var keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.onExit().join().exitValue() != 0) {
            throw new IOException("no certificate: " + said);
        }
    }

    private static String pem(Path store) throws IOException {
        try {
            byte[] certificate = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray())
                    .getCertificate("front")
                    .getEncoded();
            return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
                    .formatted(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static void join(NetSocket caller, NetClient client, URI plain) {
        caller.pause();
        client.connect(plain.getPort(), plain.getHost())
                .onSuccess(server -> {
                    caller.pipeTo(server);
                    server.pipeTo(caller);
                })
                .onFailure(away -> caller.close());
    }

    public URI base() {
        return URI.create("https://127.0.0.1:" + port);
    }

    /** The certificate, as PEM. */
    public Path authority() {
        return authority;
    }

    @Override
    public void close() {
        vertx.close();
    }
}
