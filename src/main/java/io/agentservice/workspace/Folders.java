package io.agentservice.workspace;

import io.agentservice.job.JobId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Where in JOBS_DIR things are. Nobody but the service's user may look into any of it. */
record Folders(Path root) {

    private static final FileAttribute<?> OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> FILE_OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** Makes the root: only what is there has the name by which the kernel knows it. */
    static Folders in(Path jobsDirectory) {
        try {
            // Asked first: createDirectories takes a link to a folder for something that is in the way.
            Path there = Files.isDirectory(jobsDirectory) ? jobsDirectory : Files.createDirectories(jobsDirectory);
            return new Folders(there.toRealPath());
        } catch (IOException e) {
            throw new UncheckedIOException("JOBS_DIR %s cannot be made".formatted(jobsDirectory), e);
        }
    }

    Path runs() {
        return root.resolve("runs");
    }

    /** What a run has for itself; gone when it ends. */
    Path home(JobId job) {
        return runs().resolve(job.value());
    }

    Path conversation(JobId job) {
        return root.resolve("conversations").resolve(job.value());
    }

    Path workspaces() {
        return root.resolve("workspaces");
    }

    /** The same at each attempt: the CLI files a conversation under the path that it was had in. */
    Path checkout(JobId job) {
        return workspaces().resolve(job.value());
    }

    Path records() {
        return root.resolve("changes");
    }

    /** What is known of a job's checkout, out of the job's reach. */
    Path record(JobId job) {
        return records().resolve(job.value());
    }

    /** Says until when checkouts of failed jobs are kept. */
    Path kept() {
        return root.resolve("kept");
    }

    Path mirrors() {
        return root.resolve("mirrors");
    }

    Path definitions() {
        return root.resolve("definitions");
    }

    Path git() {
        return root.resolve("git");
    }

    static Path privateDirectory(Path path) throws IOException {
        return Files.createDirectories(path, OURS_ALONE);
    }

    /** A file that nobody else can read, not even for a moment. */
    static Path privateFile(Path path, String text) throws IOException {
        Files.deleteIfExists(path);
        Files.createFile(path, FILE_OURS_ALONE);
        return Files.writeString(path, text);
    }
}
