package io.agentservice.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Puts a command into its sandbox: the argument list that is really started. */
final class SandboxCommand {

    /** Stays in front of the command and passes its exit code on. */
    private static final List<String> FRONT = List.of("sh", "-c", "\"$@\"; exit $?", "sh");

    /** The front is process 1 of the namespace: it reaps, and takes the namespace with it when the command ends. */
    private static final List<String> AS_ROOT =
            List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--");

    private static final List<String> AS_USER =
            List.of("unshare", "--user", "--map-current-user", "--pid", "--fork", "--kill-child", "--mount-proc", "--");

    private static final List<String> BUBBLEWRAP = List.of(
            "bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-pid", "--die-with-parent");
    /** Stands for an empty file. */
    private static final String NOTHING = "/dev/null";

    private static final Path TMP = Path.of("/tmp");

    private SandboxCommand() {}

    static List<String> of(ProcessSpec spec, boolean root) {
        return wrap(spec.confinement(), root, spec.command());
    }

    static List<String> wrap(Confinement confinement, boolean root, List<String> command) {
        return switch (confinement.sandbox()) {
            case NONE -> command;
            case NAMESPACE -> concat(root ? AS_ROOT : AS_USER, FRONT, command);
            // bubblewrap dies with the thread that starts it, and ours may be retired: hence the front before it.
            case BUBBLEWRAP -> concat(FRONT, bubblewrap(confinement, command), command);
        };
    }

    /** What is mounted where: parents before what lies in them, or they would cover it. */
    private static List<String> bubblewrap(Confinement confinement, List<String> command) {
        List<Mount> mounts = new ArrayList<>();
        mounts.add(Mount.empty(TMP));
        confinement.hiddenFolders().forEach(hidden -> mounts.add(Mount.over(hidden)));
        confinement.sharedFolders().forEach(folder -> mounts.add(new Mount("--bind", folder)));
        confinement.privateFolders().forEach(folder -> mounts.add(new Mount("--bind", folder)));
        programFolder(command.get(0)).ifPresent(folder -> mounts.add(new Mount("--ro-bind", folder)));
        mounts.sort(Comparator.comparingInt(mount -> mount.at().getNameCount()));
        List<String> arguments = new ArrayList<>(BUBBLEWRAP);
        mounts.forEach(mount -> arguments.addAll(mount.arguments()));
        arguments.add("--");
        return arguments;
    }

    /** A program that lies in the hidden /tmp, as in a checkout that somebody only tries, must be seen all the same. */
    private static Optional<Path> programFolder(String program) {
        Path path = Path.of(program);
        return path.startsWith(TMP) && path.getNameCount() > 2
                ? Optional.of(TMP.resolve(path.getName(1)))
                : Optional.empty();
    }

    private record Mount(String kind, Path at) {

        static Mount empty(Path at) {
            return new Mount("--tmpfs", at);
        }

        static Mount over(Path hidden) {
            return Files.isRegularFile(hidden) ? new Mount(NOTHING, hidden) : empty(hidden);
        }

        List<String> arguments() {
            return switch (kind) {
                case "--tmpfs" -> List.of(kind, at.toString());
                case NOTHING -> List.of("--ro-bind", "/dev/null", at.toString());
                default -> List.of(kind, at.toString(), at.toString());
            };
        }
    }

    @SafeVarargs
    private static List<String> concat(List<String>... parts) {
        List<String> all = new ArrayList<>();
        for (List<String> part : parts) {
            all.addAll(part);
        }
        return List.copyOf(all);
    }
}
