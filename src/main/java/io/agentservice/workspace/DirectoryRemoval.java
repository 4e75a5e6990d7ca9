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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/** Removes a folder that an agent had for itself: links are removed, never followed, and no permission stops it. */
final class DirectoryRemoval extends SimpleFileVisitor<Path> {

    // A deeper folder is moved up before it is entered: a tree may be deeper than a path can name.
    private static final int MAX_DEPTH = 64;
    private static final int MAX_PATH_CHARS = 1000;

    private final Path root;
    private final Deque<Path> movedUp = new ArrayDeque<>();
    private Path top;

    private DirectoryRemoval(Path root) {
        this.root = root;
        this.top = root;
    }

    /** @throws IOException if something in it could not be removed; nothing to remove is no error */
    static void remove(Path root) throws IOException {
        if (Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            makeAccessible(root);
            new DirectoryRemoval(root).run();
        }
    }

    private void run() throws IOException {
        Files.walkFileTree(root, this);
        while (!movedUp.isEmpty()) {
            top = movedUp.remove();
            Files.walkFileTree(top, this);
        }
        Files.deleteIfExists(root);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
        // Agents leave folders without the permission to list or change them (Go's module cache does).
        makeAccessible(directory);
        if (directory.getNameCount() - top.getNameCount() < MAX_DEPTH
                && directory.toString().length() - top.toString().length() < MAX_PATH_CHARS) {
            return FileVisitResult.CONTINUE;
        }
        movedUp.add(Files.move(directory, root.resolve(UUID.randomUUID().toString())));
        return FileVisitResult.SKIP_SUBTREE;
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
            Files.walkFileTree(file, this);
            return FileVisitResult.CONTINUE;
        }
        throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
        if (e != null) {
            throw e;
        }
        if (!directory.equals(root)) {
            Files.deleteIfExists(directory);
        }
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
