package io.agentservice.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What keeps a process and everything it starts together, so that all of it can be ended. */
public enum Sandbox {
    /** Signals and sweeps of {@code /proc}: a child that hides well enough survives them. */
    NONE(List.of()),
    /** A PID namespace made by root: the kernel ends what is inside when its first process ends. */
    NAMESPACE(List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--")),
    /** The same inside a user namespace, for an ordinary user. */
    USER_NAMESPACE(List.of(
            "unshare", "--user", "--map-current-user", "--pid", "--fork", "--kill-child", "--mount-proc", "--"));

    /** Stays as process 1 of the namespace: reaps, and takes the namespace with it when the command ends. */
    private static final List<String> INIT = List.of("sh", "-c", "\"$@\"; exit $?", "sh");

    private final List<String> wrapper;

    Sandbox(List<String> wrapper) {
        this.wrapper = wrapper;
    }

    /** Whether the kernel ends the tree, whatever its processes do. */
    public boolean isEnforcedByKernel() {
        return this != NONE;
    }

    List<String> wrap(List<String> command) {
        if (!isEnforcedByKernel()) {
            return command;
        }
        var wrapped = new ArrayList<>(wrapper);
        wrapped.addAll(INIT);
        wrapped.addAll(command);
        return List.copyOf(wrapped);
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
