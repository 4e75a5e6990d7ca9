package io.agentservice.kubernetes;

import static io.agentservice.kubernetes.Manifests.list;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentservice.testing.PrivateMounts;
import io.agentservice.testing.ServiceProcess;
import io.agentservice.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;

/**
 * The pod of an overlay as a kubelet has a runtime make it: its user, user namespace, seccomp, what is laid over /proc,
 * read-only root, volumes and environment; in runc, with this machine's files in place of an image, and its network.
 */
final class PodInRunc implements AutoCloseable {

    /** Where the pod's users begin on the node. */
    private static final int FIRST_ID = 1 << 20;

    private static final List<String> MASKED =
            List.of("/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi", "/sys/firmware");
    private static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");
    private static final String MOUNTS = """
            [{"destination":"/proc","type":"proc","source":"proc","options":["nosuid","noexec","nodev"]},
             {"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["nosuid","mode=755","size=65536k"]},
             {"destination":"/dev/pts","type":"devpts","source":"devpts",
              "options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620"]},
             {"destination":"/dev/shm","type":"tmpfs","source":"shm","options":["nosuid","noexec","nodev","mode=1777"]},
             {"destination":"/sys","type":"none","source":"/sys","options":["rbind","nosuid","noexec","nodev","ro"]}]
            """;

    private final Path runc = Tools.need("runc");
    private final Path folder;
    private final Manifests manifests;
    private final boolean hasUsersOfItsOwn;
    private final ObjectNode config;
    private ServiceProcess service;

    PodInRunc(Manifests manifests, Path folder) throws IOException {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root can make containers");
        Assumptions.assumeTrue(PrivateMounts.available(), "no mounts can be made here");
        this.folder = folder;
        this.manifests = manifests;
        this.hasUsersOfItsOwn = !manifests.pod().path("hostUsers").asBoolean(true);
        this.config = config();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private ObjectNode config() throws IOException {
        JsonNode security = manifests.container().path("securityContext");
        ObjectNode config =
                (ObjectNode) Manifests.JSON.readTree("{\"ociVersion\":\"1.0.2\",\"process\":{\"cwd\":\"/\"}}");
        config.putObject("root")
                .put("path", folder.resolve("root").toString())
                .put("readonly", security.path("readOnlyRootFilesystem").asBoolean());
        config.set("mounts", Manifests.JSON.readTree(MOUNTS));
        JsonNode pod = manifests.pod().path("securityContext");
        ObjectNode process = (ObjectNode) config.path("process");
        process.putObject("user")
                .put("uid", pod.path("runAsUser").asInt())
                .put("gid", pod.path("runAsGroup").asInt());
        process.put(
                "noNewPrivileges", !security.path("allowPrivilegeEscalation").asBoolean(true));
        process.putObject("capabilities");
        process.putArray("args");
        process.putArray("env");
        config.set("linux", linux(pod, security));
        return config;
    }

    private ObjectNode linux(JsonNode pod, JsonNode security) throws IOException {
        ObjectNode linux = Manifests.JSON.createObjectNode();
        ArrayNode namespaces = linux.putArray("namespaces");
        for (String type : List.of("pid", "ipc", "uts", "mount")) {
            namespaces.addObject().put("type", type);
        }
        if (hasUsersOfItsOwn) {
            namespaces.addObject().put("type", "user");
            for (String mapping : List.of("uidMappings", "gidMappings")) {
                linux.putArray(mapping)
                        .addObject()
                        .put("containerID", 0)
                        .put("hostID", FIRST_ID)
                        .put("size", 65536);
            }
        }
        if (!security.path("procMount").asText().equals("Unmasked")) {
            MASKED.forEach(linux.putArray("maskedPaths")::add);
            READ_ONLY.forEach(linux.putArray("readonlyPaths")::add);
        }
        // That of the runtime depends on the runtime.
        if (pod.at("/seccompProfile/type").asText().equals("Localhost")) {
            linux.set(
                    "seccomp",
                    Manifests.JSON.readTree(Path.of("k8s/node/seccomp.json").toFile()));
        }
        return linux;
    }

    /** The id on this machine of one of the pod. */
    private int id(int inThePod) {
        return hasUsersOfItsOwn ? FIRST_ID + inThePod : inThePod;
    }

    /** A folder for a volume that the pod's group may write. */
    Path volume(String name) throws IOException {
        Path volume = Files.createDirectories(folder.resolve("volumes").resolve(name));
        own(volume, 1000, "rwxrwx---");
        return volume;
    }

    private void own(Path path, int user, String mode) throws IOException {
        Files.setAttribute(path, "unix:uid", id(user));
        Files.setAttribute(path, "unix:gid", id(1000));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    /** Files as the kubelet mounts them and replaces them: all at once, behind a link. */
    void files(String name, Map<String, String> content) throws IOException {
        Path volume = Files.createDirectories(folder.resolve("volumes").resolve(name));
        Path generation = Files.createTempDirectory(volume, "..");
        own(generation, 0, "rwxr-x---");
        for (var file : content.entrySet()) {
            own(Files.writeString(generation.resolve(file.getKey()), file.getValue()), 0, "r--r-----");
            Path link = volume.resolve(file.getKey());
            if (!Files.isSymbolicLink(link)) {
                Files.createSymbolicLink(link, Path.of("..data", file.getKey()));
            }
        }
        Path next = Files.createSymbolicLink(volume.resolve("..data_tmp"), generation.getFileName());
        Files.move(next, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        own(volume, 0, "rwxrwxrwx");
    }

    /** What the image would have. */
    void image(Path source, String at) throws IOException {
        bind(source.toRealPath().toString(), at, "ro");
    }

    private void bind(String source, String at, String mode) {
        ((ArrayNode) config.path("mounts"))
                .add(Manifests.JSON
                        .createObjectNode()
                        .put("destination", at)
                        .put("type", "none")
                        .put("source", source)
                        .set(
                                "options",
                                Manifests.JSON.createArrayNode().add("rbind").add(mode)));
    }

    /** Starts the service in it and returns when it listens. */
    void start(Map<String, String> imageVariables, List<String> command) throws IOException {
        for (JsonNode mount : manifests.container().path("volumeMounts")) {
            Path volume = folder.resolve("volumes").resolve(mount.path("name").asText());
            bind(
                    volume.toString(),
                    mount.path("mountPath").asText(),
                    mount.path("readOnly").asBoolean() ? "ro" : "rw");
        }
        ArrayNode variables = (ArrayNode) config.at("/process/env");
        imageVariables.forEach((name, value) -> variables.add(name + "=" + value));
        list(manifests.container().path("env"))
                .forEach(one -> variables.add(
                        one.path("name").asText() + "=" + one.path("value").asText()));
        command.forEach(((ArrayNode) config.at("/process/args"))::add);
        Manifests.JSON.writeValue(folder.resolve("config.json").toFile(), config);
        // The machine's files below a layer that takes the mount points; in mounts that only runc sees.
        List<String> all = new ArrayList<>(PrivateMounts.wrapper(
                ("cd %s; mkdir -p over root; mount -t tmpfs none over; mkdir over/upper over/work;"
                                + " mount -t overlay none -o lowerdir=/,upperdir=over/upper,workdir=over/work root;"
                                + " mkdir -p %s")
                        .formatted(folder, mountPoints())));
        all.addAll(runc("run", "--bundle", folder.toString(), "pod"));
        service = ServiceProcess.of(
                new ProcessBuilder(all).redirectErrorStream(true).start());
        service.awaitListening();
    }

    /** Root of a user namespace could not make them in a root that is not its own. */
    private String mountPoints() {
        return list(config.path("mounts"))
                .map(mount -> "root" + mount.path("destination").asText())
                .collect(Collectors.joining(" "));
    }

    private List<String> runc(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(runc.toString(), "--root", folder.resolve("state").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Asks it to end, as the kubelet would, and returns whether it did so within the grace. */
    boolean stop() throws InterruptedException {
        service.terminate();
        return service.awaitExit(
                manifests.pod().path("terminationGracePeriodSeconds").asLong());
    }

    List<String> log() {
        return service.log();
    }

    @Override
    public void close() throws IOException {
        try {
            new ProcessBuilder(runc("delete", "--force", "pod"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (service != null) {
            service.close();
        }
    }
}
