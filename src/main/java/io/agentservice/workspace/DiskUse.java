package io.agentservice.workspace;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** How much a folder holds. Links are counted, not followed; what vanishes meanwhile counts nothing. */
final class DiskUse extends SimpleFileVisitor<Path> {

    /** What a small file takes all the same, in bytes. */
    private static final long BLOCK = 4096;

    private final long enough;
    private long bytes;

    private DiskUse(long enough) {
        this.enough = enough;
    }

    /** @return bytes, as far as they can be seen */
    static long of(Path folder) throws IOException {
        return upTo(Long.MAX_VALUE, folder);
    }

    /** Stops counting when it is more than {@code enough}. */
    static long upTo(long enough, Path folder) throws IOException {
        var use = new DiskUse(enough);
        Files.walkFileTree(folder, use);
        return use.bytes;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
        return count(BLOCK);
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        return count((attributes.size() + BLOCK - 1) / BLOCK * BLOCK);
    }

    private FileVisitResult count(long more) {
        bytes += more;
        return bytes > enough ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException e) {
        return FileVisitResult.CONTINUE;
    }
}
