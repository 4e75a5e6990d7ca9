package io.agentservice.workspace;

import io.agentservice.job.JobId;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Makes the folders of a run. All methods block. */
@Singleton
public final class Workspaces {

    private final Path directory;
    private final Path runs;
    private final Path conversations;

    public Workspaces(WorkspaceConfig config) {
        this.directory = config.directory().toAbsolutePath().normalize();
        Path jobs = config.jobsDirectory().toAbsolutePath().normalize();
        this.runs = jobs.resolve("runs");
        this.conversations = jobs.resolve("conversations");
    }

    /** Where agents work, and where their definitions are read from. */
    public Path directory() {
        return directory;
    }

    /** @throws IOException if there is no such workspace, or no room for the folders of the run */
    public Workspace open(JobId job) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory + " (WORKSPACE_DIR)");
        }
        // What an earlier attempt left belongs to nobody now.
        DirectoryRemoval.remove(runs.resolve(job.value()));
        Path run = privateDirectory(runs.resolve(job.value()));
        return new Workspace(
                directory,
                privateDirectory(run.resolve("tmp")),
                run,
                privateDirectory(conversations.resolve(job.value())));
    }

    /** Removes the folders of runs that a crash left; no run may be open. */
    public void removeLeftovers() throws IOException {
        DirectoryRemoval.remove(runs);
    }

    private static Path privateDirectory(Path path) throws IOException {
        Files.createDirectories(path.getParent());
        if (!Files.isDirectory(path)) {
            Files.createDirectory(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        return path;
    }
}
