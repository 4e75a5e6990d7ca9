package io.agentservice.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The folders of one run.
 *
 * @param directory where the agent works
 * @param home its HOME, which also holds its TMPDIR; gone when the run ends
 * @param conversation its CLAUDE_CONFIG_DIR; kept as long as the job is, so that the conversation can go on
 * @param serviceData where the service keeps what is not the job's business
 */
public record Workspace(Path directory, Path home, Path conversation, Path serviceData) implements AutoCloseable {

    static final String TEMPORARY = "tmp";

    public Path temporary() {
        return home.resolve(TEMPORARY);
    }

    /** The folders that no other job has. */
    public List<Path> privateFolders() {
        return List.of(home, conversation);
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
