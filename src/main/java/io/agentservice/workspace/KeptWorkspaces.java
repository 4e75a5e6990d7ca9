package io.agentservice.workspace;

import io.agentservice.job.JobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.TreeMap;

/** The checkouts that outlive their failed jobs for a while: a small file for each says until when. */
final class KeptWorkspaces {

    private final Folders folders;
    private final Clock clock;

    KeptWorkspaces(Folders folders, Clock clock) {
        this.folders = folders;
        this.clock = clock;
    }

    void keep(JobId job, Duration time) throws IOException {
        Folders.privateDirectory(folders.kept());
        Folders.privateFile(
                folders.kept().resolve(job.value()), clock.instant().plus(time).toString());
    }

    /** Until when each is kept. */
    Map<JobId, Instant> all() throws IOException {
        Map<JobId, Instant> all = new TreeMap<>();
        if (Files.isDirectory(folders.kept())) {
            try (var files = Files.newDirectoryStream(folders.kept())) {
                for (Path file : files) {
                    all.put(new JobId(file.getFileName().toString()), until(file));
                }
            }
        }
        return all;
    }

    /** A file that says nothing keeps nothing. */
    private static Instant until(Path file) {
        try {
            return Instant.parse(Files.readString(file));
        } catch (IOException | DateTimeParseException halfWritten) {
            return Instant.EPOCH;
        }
    }

    boolean isKept(JobId job) {
        return Files.exists(folders.kept().resolve(job.value()));
    }

    /** @return whether there was one */
    boolean remove(JobId job) throws IOException {
        boolean kept = isKept(job);
        DirectoryRemoval.remove(folders.checkout(job));
        Files.deleteIfExists(folders.kept().resolve(job.value()));
        return kept;
    }

    /** Removes those whose time is over. */
    void removeExpired() throws IOException {
        Instant now = clock.instant();
        for (Map.Entry<JobId, Instant> kept : all().entrySet()) {
            if (!now.isBefore(kept.getValue())) {
                remove(kept.getKey());
            }
        }
    }
}
