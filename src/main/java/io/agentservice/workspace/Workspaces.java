package io.agentservice.workspace;

import io.agentservice.job.JobId;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Makes the folders of a run. All methods block. */
@Singleton
public final class Workspaces {

    private static final FileAttribute<?> OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path directory;
    private final Path jobs;

    public Workspaces(WorkspaceConfig config) {
        this.directory = real(config.directory());
        this.jobs = real(config.jobsDirectory());
    }

    /** As the kernel names it: links in it would hide who works there. What is not there yet has no other name. */
    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException notThereYet) {
            return path.toAbsolutePath().normalize();
        }
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
        DirectoryRemoval.remove(homeOf(job));
        Path home = privateDirectory(homeOf(job));
        privateDirectory(home.resolve(Workspace.TEMPORARY));
        return new Workspace(directory, home, privateDirectory(conversationOf(job)), jobs);
    }

    /** Where a run of this job keeps to itself, whether it is there or not. */
    public List<Path> privateFolders(JobId job) {
        return List.of(homeOf(job), conversationOf(job));
    }

    /**
     * Removes what is kept as long as the job is: its conversation.
     *
     * @throws IOException if something of it could not be removed
     */
    public void forget(JobId job) throws IOException {
        DirectoryRemoval.remove(conversationOf(job));
    }

    private Path homeOf(JobId job) {
        return jobs.resolve("runs").resolve(job.value());
    }

    /** What the agent remembers of its conversation, whether it is there or not. */
    public Path conversationOf(JobId job) {
        return jobs.resolve("conversations").resolve(job.value());
    }

    /** Lets the next run of a job begin anew. */
    public void removeConversation(JobId job) {
        try {
            DirectoryRemoval.remove(conversationOf(job));
        } catch (IOException e) {
            throw new UncheckedIOException("could not remove the conversation of a job", e);
        }
    }

    /** Removes the folders of runs that a crash left; no run may be open. */
    public void removeLeftovers() throws IOException {
        DirectoryRemoval.remove(jobs.resolve("runs"));
    }

    private static Path privateDirectory(Path path) throws IOException {
        return Files.createDirectories(path, OURS_ALONE);
    }
}
