package io.agentservice.workspace;

import io.agentservice.job.JobId;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** What is left of jobs that have ended. All methods block for the disk. */
@Startup
@Singleton
public final class WorkspaceArchive {

    private static final Logger LOG = Logger.getLogger(WorkspaceArchive.class);

    private final Folders folders;
    private final KeptWorkspaces kept;
    private ScheduledFuture<?> tick;

    WorkspaceArchive(WorkspaceTools tools) {
        this.folders = tools.folders;
        this.kept = tools.kept;
    }

    @PostConstruct
    void start() {
        tick = Infrastructure.getDefaultWorkerPool()
                .scheduleWithFixedDelay(this::removeExpired, 1, 1, TimeUnit.MINUTES);
    }

    @PreDestroy
    void stop() {
        tick.cancel(false);
    }

    private void removeExpired() {
        try {
            kept.removeExpired();
        } catch (IOException | RuntimeException e) {
            LOG.warnf("workspaces whose time is over were not removed: %s", e.getMessage());
        }
    }

    /** What the job changed, as a JSON document; empty if it had no checkout. */
    public Optional<String> changes(JobId job) throws IOException {
        return read(job, ChangeLog.Part.CHANGES);
    }

    /** The beginning of the patch that the job's work amounts to. */
    public Optional<String> patch(JobId job) throws IOException {
        return read(job, ChangeLog.Part.PATCH);
    }

    private Optional<String> read(JobId job, ChangeLog.Part part) throws IOException {
        Optional<Path> file = part.of(folders, job);
        return file.isPresent() ? Optional.of(Files.readString(file.get())) : Optional.empty();
    }

    /** A git bundle with the commits that the job made and did not push. */
    public Optional<Path> bundle(JobId job) {
        return ChangeLog.Part.BUNDLE.of(folders, job);
    }

    /**
     * A checkout that outlived its job.
     *
     * @param bytes what it takes on the disk
     */
    public record Kept(JobId job, Instant until, long bytes) {}

    /** Those that are kept now. Reads all their folders. */
    public List<Kept> kept() throws IOException {
        List<Kept> all = new ArrayList<>();
        for (Map.Entry<JobId, Instant> entry : kept.all().entrySet()) {
            Path checkout = folders.checkout(entry.getKey());
            all.add(new Kept(entry.getKey(), entry.getValue(), DiskUse.of(checkout)));
        }
        return all;
    }

    /** Removes one before its time. @return whether there was one */
    public boolean remove(JobId job) throws IOException {
        return kept.remove(job);
    }
}
