package io.agentservice.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The folders of one run.
 *
 * @param directory where the agent works
 * @param home its HOME, which also holds its TMPDIR; gone when the run ends
 * @param conversation its CLAUDE_CONFIG_DIR; kept as long as the job is, so that the conversation can go on
 * @param serviceData where the service keeps what is not the job's business
 * @param ownDirectory whether no other job works in {@code directory}
 * @param others what it may write besides
 */
public record Workspace(
        Path directory, Path home, Path conversation, Path serviceData, boolean ownDirectory, List<Path> others)
        implements AutoCloseable {

    static final String TEMPORARY = "tmp";

    public Workspace {
        others = List.copyOf(others);
    }

    public Path temporary() {
        return home.resolve(TEMPORARY);
    }

    /** The folders that no other job has. */
    public List<Path> privateFolders() {
        return ownDirectory ? List.of(home, conversation, directory) : List.of(home, conversation);
    }

    /** The folders that it may write, and other jobs too. */
    public List<Path> sharedFolders() {
        List<Path> shared = new ArrayList<>(others);
        if (!ownDirectory) {
            shared.add(directory);
        }
        return shared;
    }

    /** Removes what belongs to the run alone. Blocks. */
    @Override
    public void close() {
        try {
            DirectoryRemoval.remove(home);
        } catch (IOException e) {
            throw new UncheckedIOException("could not remove the folders of a run", e);
        }
    }
}
