package io.agentservice.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real sshd on a port of loopback, which lets in whoever has the key that it makes. */
public final class SshServer implements AutoCloseable {

    private final Process process;
    private final int port;
    private final Path folder;

    private SshServer(Process process, int port, Path folder) {
        this.process = process;
        this.port = port;
        this.folder = folder;
    }

    /** Skips the test where there is no sshd. */
    public static SshServer start(Path folder) throws IOException {
        Path sshd = Tools.need("sshd");
        Tools.need("ssh-keygen");
        Files.createDirectories(folder);
        for (String key : List.of("host", "client")) {
            GitRepo.run(folder, Map.of(), List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key));
        }
        Files.createDirectories(Path.of("/run/sshd"));
        int port = freePort();
        Files.copy(folder.resolve("client.pub"), folder.resolve("authorized_keys"));
        String config = """
                Port %d
                ListenAddress 127.0.0.1
                HostKey %2$s/host
                AuthorizedKeysFile %2$s/authorized_keys
                PidFile none
                StrictModes no
                UsePAM no
                PasswordAuthentication no
                PermitRootLogin yes
                """.formatted(port, folder);
        Path file = Files.writeString(folder.resolve("sshd_config"), config);
        Process process = new ProcessBuilder(sshd.toString(), "-D", "-e", "-f", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("sshd.log").toFile())
                .start();
        var server = new SshServer(process, port, folder);
        server.awaitListening();
        return server;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitListening() {
        org.awaitility.Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException notYet) {
                return false;
            }
        });
    }

    public Path clientKey() {
        return folder.resolve("client");
    }

    /** The line of known_hosts that names this server. */
    public String knownHost() throws IOException {
        return "[127.0.0.1]:%d %s".formatted(port, Files.readString(folder.resolve("host.pub")));
    }

    public String url(Path repository) {
        return "ssh://%s@127.0.0.1:%d%s".formatted(System.getProperty("user.name"), port, repository);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
