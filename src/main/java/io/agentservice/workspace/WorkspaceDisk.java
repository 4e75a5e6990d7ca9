package io.agentservice.workspace;

import io.agentservice.job.JobId;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** How much of the disk the running jobs use, and how much is left of it. */
@Singleton
public final class WorkspaceDisk {

    private static final Logger LOG = Logger.getLogger(WorkspaceDisk.class);

    private static final int ROUNDS_FOR_ALL = 6;

    private final FileStore store;
    private final long needed;
    private int rounds;
    private volatile long lastFree;
    private final Map<JobId, Share> shares = new ConcurrentHashMap<>();

    WorkspaceDisk(WorkspaceTools tools) throws IOException {
        this.store = Files.getFileStore(tools.folders.root());
        this.needed = tools.config.limits().minFreeBytes();
        free();
    }

    /**
     * What one job may use and does.
     *
     * @param bytes when last measured
     */
    private record Share(List<Path> folders, long maxBytes, long bytes) {

        Share measured() throws IOException {
            long sum = 0;
            for (Path folder : folders) {
                sum += DiskUse.of(folder);
            }
            return new Share(folders, maxBytes, sum);
        }

        boolean hasLimit() {
            return maxBytes < Long.MAX_VALUE;
        }

        boolean isBeyond() {
            return bytes > maxBytes;
        }
    }

    /** @param maxBytes empty means any number */
    void watch(JobId job, List<Path> folders, OptionalLong maxBytes) {
        shares.put(job, new Share(folders, maxBytes.orElse(Long.MAX_VALUE), 0));
    }

    void leave(JobId job) {
        shares.remove(job);
    }

    /**
     * Measures those that have a limit, and every so often the others. Reads all their folders.
     *
     * @return those that use more than they may
     */
    public synchronized List<JobId> measure() {
        boolean all = rounds++ % ROUNDS_FOR_ALL == 0;
        shares.forEach((job, share) -> {
            if (all || share.hasLimit()) {
                Share now = measured(job, share);
                shares.replace(job, share, now);
            }
        });
        return shares.entrySet().stream()
                .filter(entry -> entry.getValue().isBeyond())
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Share measured(JobId job, Share share) {
        try {
            return share.measured();
        } catch (IOException e) {
            LOG.debugf("the folders of a job could not be measured jobId=%s: %s", job, e);
            return share;
        }
    }

    /** The same for each job. */
    public Map<JobId, Long> usedByJob() {
        Map<JobId, Long> used = new TreeMap<>();
        shares.forEach((job, share) -> used.put(job, share.bytes()));
        return used;
    }

    /** What the running jobs used when they were last measured, in bytes. */
    public long used() {
        return shares.values().stream().mapToLong(Share::bytes).sum();
    }

    /** In bytes; 0 if nobody can say. */
    public long free() {
        try {
            lastFree = store.getUsableSpace();
            return lastFree;
        } catch (IOException e) {
            LOG.warnf("the free space of JOBS_DIR cannot be read: %s", e.getMessage());
            return 0;
        }
    }

    /** The same when it was last asked for: a scrape must not wait for a disk. */
    public long lastFree() {
        return lastFree;
    }

    /** What must be free for a job to be taken, in bytes. */
    public long needed() {
        return needed;
    }
}
