package io.agentservice.store;

import io.smallrye.mutiny.Uni;
import java.nio.file.Path;
import java.time.Duration;

/** Copies the store while it is in use. */
public interface StoreBackup {

    /**
     * Makes a copy of everything that was committed when it began, and removes the oldest copies beyond those to keep.
     * Fails with {@link BackupUnderwayException}, or with {@link StoreException} and then leaves no file.
     */
    Uni<Backup> backup();

    /**
     * A finished copy, on the disk.
     *
     * @param file one SQLite file, complete by itself
     */
    record Backup(Path file, long bytes, Duration took) {}
}
