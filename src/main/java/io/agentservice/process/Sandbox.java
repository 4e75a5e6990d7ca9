package io.agentservice.process;

import java.util.Locale;

/** What keeps a process and everything it starts together, so that all of it can be ended. Weakest first. */
public enum Sandbox {
    /** Signals and sweeps of {@code /proc}: a child that hides well enough survives them. */
    NONE,
    /** A PID namespace: the kernel ends what is inside when its first process ends. */
    NAMESPACE,
    /** The same, and a view of the files in which only the run's own folders can be written. */
    BUBBLEWRAP;

    /** Whether the kernel ends the tree, whatever its processes do. */
    public boolean isEnforcedByKernel() {
        return this != NONE;
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
