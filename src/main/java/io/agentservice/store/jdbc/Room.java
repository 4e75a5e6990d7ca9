package io.agentservice.store.jdbc;

import io.agentservice.store.StoreException;
import io.agentservice.store.StoreException.Kind;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** The space that is left on the disk. Some of it is kept for the jobs that are there already: they must end. */
final class Room {

    private final FileStore disk;
    private final long reserveBytes;

    Room(Path folder, long reserveBytes) throws IOException {
        this.disk = Files.getFileStore(folder);
        this.reserveBytes = reserveBytes;
    }

    /** @throws StoreException if the disk has less left than this and the reserve */
    void require(long bytes) {
        try {
            long left = disk.getUsableSpace();
            if (left < bytes + reserveBytes) {
                throw new StoreException(
                        Kind.DISK_FULL, "%d bytes are left and %d are needed".formatted(left, bytes + reserveBytes));
            }
        } catch (IOException e) {
            throw StoreFailures.translate(e);
        }
    }
}
