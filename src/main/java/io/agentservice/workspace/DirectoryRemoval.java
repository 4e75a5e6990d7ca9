package io.agentservice.workspace;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Removes a folder that an agent had for itself: links are removed, never followed, and no permission stops it. */
final class DirectoryRemoval extends SimpleFileVisitor<Path> {

    private DirectoryRemoval() {}

    /** @throws IOException if something in it could not be removed; nothing to remove is no error */
    static void remove(Path root) throws IOException {
        if (Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            makeAccessible(root);
            Files.walkFileTree(root, new DirectoryRemoval());
        }
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
        // Agents leave folders without the permission to list or change them (Go's module cache does).
        makeAccessible(directory);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Files.deleteIfExists(file);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
        if (e instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) && makeAccessible(file)) {
            Files.walkFileTree(file, new DirectoryRemoval());
            return FileVisitResult.CONTINUE;
        }
        throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
        if (e != null) {
            throw e;
        }
        Files.deleteIfExists(directory);
        return FileVisitResult.CONTINUE;
    }

    private static boolean makeAccessible(Path directory) {
        File file = directory.toFile();
        if (Files.isSymbolicLink(directory)) {
            return false;
        }
        boolean changed = !(file.canRead() && file.canWrite() && file.canExecute());
        return changed && file.setReadable(true) & file.setWritable(true) & file.setExecutable(true);
    }
}
