package io.agentservice.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * The folders of one run.
 *
 * @param directory where the agent works
 * @param temporary its TMPDIR; gone when the run ends
 * @param home its HOME; gone when the run ends
 * @param conversation its CLAUDE_CONFIG_DIR; kept as long as the job is, so that the conversation can go on
 */
public record Workspace(Path directory, Path temporary, Path home, Path conversation) implements AutoCloseable {

    /** Removes what belongs to the run alone. Blocks. */
    @Override
    public void close() {
        try {
            DirectoryRemoval.remove(temporary);
            DirectoryRemoval.remove(home);
        } catch (IOException e) {
            throw new UncheckedIOException("could not remove the folders of a run", e);
        }
    }
}
