package io.agentservice.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Puts a command into its sandbox: the argument list that is really started. */
final class SandboxCommand {

    /** Stays in front of the command and passes its exit code on. */
    private static final List<String> FRONT = List.of("sh", "-c", "\"$@\"; exit $?", "sh");

    /** The front is process 1 of the namespace: it reaps, and takes the namespace with it when the command ends. */
    private static final List<String> AS_ROOT =
            List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--");

    private static final List<String> AS_USER =
            List.of("unshare", "--user", "--map-current-user", "--pid", "--fork", "--kill-child", "--mount-proc", "--");

    private SandboxCommand() {}

    static List<String> of(ProcessSpec spec, boolean root) {
        return wrap(spec.confinement(), root, spec.command());
    }

    static List<String> wrap(Confinement confinement, boolean root, List<String> command) {
        return switch (confinement.sandbox()) {
            case NONE -> command;
            case NAMESPACE -> concat(root ? AS_ROOT : AS_USER, FRONT, command);
            // bubblewrap dies with the thread that starts it, and ours may be retired: hence the front before it.
            case BUBBLEWRAP -> concat(FRONT, bubblewrap(confinement), command);
        };
    }

    private static List<String> bubblewrap(Confinement confinement) {
        List<String> arguments = new ArrayList<>(List.of(
                "bwrap",
                "--ro-bind",
                "/",
                "/",
                "--dev",
                "/dev",
                "--proc",
                "/proc",
                "--unshare-pid",
                "--die-with-parent"));
        arguments.addAll(List.of("--tmpfs", "/tmp"));
        confinement.hiddenFolders().forEach(folder -> arguments.addAll(List.of("--tmpfs", folder.toString())));
        confinement.sharedFolders().forEach(folder -> bind(folder, arguments));
        confinement.privateFolders().forEach(folder -> bind(folder, arguments));
        arguments.add("--");
        return arguments;
    }

    private static void bind(Path folder, List<String> arguments) {
        arguments.addAll(List.of("--bind", folder.toString(), folder.toString()));
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
