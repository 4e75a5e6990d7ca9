package io.agentservice.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.testing.PrivateMounts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What {@code ./mvnw verify -Pfull -Dquarkus.container-image.build=true} made: the file is looked into, and the service
 * started from it, with the file system, the user and the command that it names.
 */
@Tag("full")
class ContainerImageIT {

    private static final Path FILE = Path.of("target/claude-agent-service-image.tar");
    private static final String TOKEN = "a-token-for-the-image";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** What only the mounts of a container can add: the root itself is not written to. */
    private static final String MOUNTS = """
            mount --make-rprivate /
            mount --bind "$ROOT" "$ROOT"; mount -o remount,bind,ro "$ROOT"
            mount -t proc proc "$ROOT/proc"
            mount --rbind /dev "$ROOT/dev"
            mount -t tmpfs -o mode=1777 tmp "$ROOT/tmp"
            mount -t tmpfs -o uid=1000,gid=1000,mode=0700 home "$ROOT/home/agent"
            mount --bind "$MOUNTED/data" "$ROOT/data"
            mount --bind "$MOUNTED/workspace" "$ROOT/workspace"
            mount --bind "$MOUNTED/cli" "$ROOT/opt/claude"
            exec chroot --userspec=1000:1000 "$ROOT" /bin/sh -ec 'cd "$DIRECTORY"; unset ROOT MOUNTED DIRECTORY; exec "$@"' sh "$@"
            """;

    private static Path folder;
    private static SavedImage image;

    private Process container;
    private int port;

    @BeforeAll
    static void open() throws IOException {
        assumeThat(FILE).as("made with -Dquarkus.container-image.build=true").exists();
        // Not in /tmp, which may be small.
        folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "image");
        image = SavedImage.open(FILE, Files.createDirectory(folder.resolve("saved")));
    }

    @AfterAll
    static void remove() throws Exception {
        if (folder != null) {
            new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
        }
    }

    @Test
    void itSaysWhoRunsItAndHow() {
        var settings = image.settings();

        assertThat(image.tag()).startsWith("claude-agent-service:").doesNotContain("latest");
        assertThat(settings.get("User").asText()).isEqualTo("1000:1000");
        assertThat(settings.get("WorkingDir").asText()).isEqualTo("/app");
        assertThat(SavedImage.texts(settings.get("Entrypoint")))
                .startsWith("/usr/bin/tini", "-e", "143", "--", "/bin/sh");
        assertThat(settings.get("ExposedPorts").fieldNames()).toIterable().containsExactly("8080/tcp");
        assertThat(settings.get("Labels").fieldNames())
                .toIterable()
                .contains("org.opencontainers.image.title", "org.opencontainers.image.version");
        assertThat(SavedImage.texts(settings.get("Env")))
                .contains("QUARKUS_HTTP_HOST=0.0.0.0", "JOBS_DIR=/data", "CLAUDE_BIN=/opt/claude/claude")
                .noneMatch(variable -> variable.matches(".*(TOKEN|SECRET|PASSWORD|KEY)=.*"));
    }

    @Test
    void whatChangesLeastIsInTheLowestLayer() throws IOException {
        List<String> layers = new ArrayList<>();
        for (Path layer : image.layers().subList(1, image.layers().size())) {
            List<SavedImage.Entry> files = image.entries(layer).stream()
                    .filter(SavedImage.Entry::isFile)
                    .toList();
            layers.add(String.join(
                    " ",
                    files.stream()
                            .map(entry -> entry.name().replaceFirst("^(app/(lib|app|quarkus)/|app/).*", "$1"))
                            .distinct()
                            .toList()));
            assertThat(files).allMatch(entry -> entry.owner().equals("0/0") && !entry.isWritable());
        }

        assertThat(layers.get(0)).isEqualTo("app/lib/");
        assertThat(layers.subList(1, layers.size())).containsExactlyInAnyOrder("app/", "app/app/", "app/quarkus/");
    }

    @Test
    void nothingInItCanChangeTheUserOrBelongsToWhoRunsIt() throws IOException {
        List<SavedImage.Entry> base = image.entries(image.layers().get(0));

        assertThat(base).noneMatch(SavedImage.Entry::changesTheUser);
        assertThat(base.stream()
                        .filter(entry -> entry.owner().startsWith("1000/"))
                        .map(SavedImage.Entry::name))
                .allMatch(name -> name.matches("(data|workspace|home/agent)/.*"));
        assertThat(base.stream().filter(SavedImage.Entry::isWritable).map(SavedImage.Entry::name))
                .allMatch(name -> name.matches("(tmp|var/tmp|var/mail|run/lock|dev/.*)/?"));
    }

    @Test
    void noSecretIsInIt() throws IOException {
        for (Path layer : image.layers()) {
            assertThat(image.entries(layer).stream()
                            .filter(SavedImage.Entry::isFile)
                            .map(SavedImage.Entry::name))
                    .noneMatch(name -> name.matches(
                            "(.*/)?(\\.env|\\.git|\\.netrc|\\.npmrc|\\.git-credentials|id_(rsa|ed25519|ecdsa)|\\.credentials\\.json"
                                    + "|auth\\.json|settings\\.xml|ssh_host_.*|.*\\.(p12|jks|kdbx|key))(/.*)?"));
        }
    }

    @Test
    void theServiceStartsFromItWorksAndEnds() throws Exception {
        assumeThat(System.getProperty("user.name"))
                .as("for who may change the root")
                .isEqualTo("root");
        assumeThat(PrivateMounts.available()).isTrue();
        start();
        try {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(this::isReady);
            var job = new ObjectMapper().readTree(execute());
            assertThat(job.path("status").asText()).as(job.toString()).isEqualTo("completed");
            ProcessHandle tini = container.children().findFirst().orElseThrow();
            assertThat(owners(tini)).hasSizeGreaterThanOrEqualTo(2).containsOnly("1000");

            tini.destroy();

            assertThat(container.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(container.exitValue()).as(log()).isZero();
            assertThat(log()).contains("\"message\":\"claude-agent-service").contains("stopped in");
        } finally {
            container.descendants().forEach(ProcessHandle::destroyForcibly);
            container.destroyForcibly();
        }
    }

    private void start() throws IOException {
        Path root = image.unpackInto(folder.resolve("root"));
        Path mounted = mounted();
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        List<String> command = new ArrayList<>(
                List.of("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", MOUNTS, "sh"));
        command.addAll(SavedImage.texts(image.settings().get("Entrypoint")));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().clear();
        SavedImage.texts(image.settings().get("Env")).forEach(variable -> {
            String[] parts = variable.split("=", 2);
            builder.environment().put(parts[0], parts[1]);
        });
        builder.environment()
                .putAll(Map.of(
                        "ROOT",
                        root.toString(),
                        "MOUNTED",
                        mounted.toString(),
                        "DIRECTORY",
                        image.settings().get("WorkingDir").asText(),
                        // The test has no network of its own to give away.
                        "QUARKUS_HTTP_HOST",
                        "127.0.0.1",
                        "QUARKUS_HTTP_PORT",
                        Integer.toString(port),
                        "AGENTS_FILE",
                        "/workspace/agents.yaml",
                        "ANTHROPIC_API_KEY",
                        "of-no-use-to-anybody",
                        "API_BEARER_TOKEN",
                        TOKEN));
        container = builder.start();
    }

    /** What a container has mounted: the data, a workspace with an agent, and a CLI. */
    private static Path mounted() throws IOException {
        Path mounted = folder.resolve("mounted");
        Path agents = Files.createDirectories(mounted.resolve("workspace/.claude/agents"));
        Files.createDirectories(mounted.resolve("data"));
        Files.createDirectories(mounted.resolve("cli"));
        Files.writeString(agents.resolve("training.md"), "---\nname: training\ndescription: Speaks\n---\nSpeak.\n");
        Files.writeString(
                mounted.resolve("workspace/agents.yaml"), "defaults:\n  workspace: {mode: directory, shared: true}\n");
        Path cli = Files.copy(Path.of("src/main/docker/training-agent"), mounted.resolve("cli/claude"));
        assertThat(cli.toFile().setExecutable(true, false)).isTrue();
        try (Stream<Path> all = Files.walk(mounted)) {
            for (Path path : all.toList()) {
                Files.setAttribute(path, "unix:uid", 1000);
                Files.setAttribute(path, "unix:gid", 1000);
            }
        }
        return mounted;
    }

    private boolean isReady() throws Exception {
        assertThat(container.isAlive()).as(log()).isTrue();
        try {
            return send(HttpRequest.newBuilder(uri("/q/health/ready")).build()).startsWith("200");
        } catch (IOException notYet) {
            return false;
        }
    }

    private String execute() throws Exception {
        return send(HttpRequest.newBuilder(uri("/execute"))
                        .header("Authorization", "Bearer " + TOKEN)
                        .header("Content-Type", "application/json")
                        .header("Prefer", "wait=30")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"agent\":\"training\",\"prompt\":\"Speak.\"}"))
                        .build())
                .substring(4);
    }

    private static String send(HttpRequest request) throws IOException, InterruptedException {
        var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** The users that a process and those below it run as. */
    private static List<String> owners(ProcessHandle top) {
        return Stream.concat(Stream.of(top), top.descendants())
                .map(process -> Path.of("/proc", Long.toString(process.pid())))
                .map(ContainerImageIT::owner)
                .toList();
    }

    private static String owner(Path process) {
        try {
            return Files.getAttribute(process, "unix:uid").toString();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
