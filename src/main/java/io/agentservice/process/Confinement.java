package io.agentservice.process;

import java.nio.file.Path;
import java.util.List;

/**
 * How a process is kept to itself.
 *
 * @param privateFolders folders that are this run's alone: who works in one of them belongs to the run
 * @param sharedFolders other folders it may write
 * @param hiddenFolders folders and files whose content it must not see, but for what is named above; bubblewrap only
 */
public record Confinement(
        Sandbox sandbox, List<Path> privateFolders, List<Path> sharedFolders, List<Path> hiddenFolders) {

    public Confinement {
        privateFolders = List.copyOf(privateFolders);
        sharedFolders = List.copyOf(sharedFolders);
        hiddenFolders = List.copyOf(hiddenFolders);
    }

    public static Confinement none() {
        return new Confinement(Sandbox.NONE, List.of(), List.of(), List.of());
    }
}
