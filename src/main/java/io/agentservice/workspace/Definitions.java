package io.agentservice.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The agents that a repository defines, as files: {@code .claude/agents} of its branch. Symbolic links in it become
 * files that hold their target's name, so that none leads out of it.
 */
final class Definitions {

    private static final String AGENTS = ".claude/agents";

    private final Path folder;
    private final Git git;
    /** By the key of the repository: the commit whose definitions count. */
    private final Map<String, String> current = new ConcurrentHashMap<>();

    Definitions(Path folder, Git git) {
        this.folder = folder;
        this.git = git;
    }

    /** The folder in which {@code .claude/agents} is; empty before the first update. */
    Optional<Path> of(Repository repository) {
        return Optional.ofNullable(current.get(repository.key())).map(commit -> place(repository, commit));
    }

    private Path place(Repository repository, String commit) {
        return folder.resolve(repository.key()).resolve(commit);
    }

    /** Takes over what the branch has now. */
    synchronized void update(Repository repository, GitMirror mirror) throws IOException {
        Optional<String> branch = mirror.standardBranch(repository);
        Optional<String> commit = branch.isPresent() ? mirror.commitOf("refs/heads/" + branch.get()) : Optional.empty();
        if (commit.isEmpty() || commit.get().equals(current.get(repository.key()))) {
            return;
        }
        Path place = place(repository, commit.get());
        if (!Files.isDirectory(place)) {
            export(mirror, commit.get(), place);
        }
        String before = current.put(repository.key(), commit.get());
        removeAllBut(place, before == null ? place : place(repository, before));
    }

    private void export(GitMirror mirror, String commit, Path place) throws IOException {
        Path fresh = place.resolveSibling(place.getFileName() + ".new");
        DirectoryRemoval.remove(fresh);
        Folders.privateDirectory(fresh);
        Path index = fresh.resolve("index");
        // Where the branch has no agents there is nothing to check out, which git calls an error.
        git.tryRun(GitCommand.of(mirror.folder(), "checkout", "--quiet", commit, "--", AGENTS)
                .with(Map.of(
                        "GIT_DIR", mirror.folder().toString(),
                        "GIT_WORK_TREE", fresh.toString(),
                        "GIT_INDEX_FILE", index.toString()))
                .configured(GitSettings.NONE.with("core.symlinks", "false")));
        Files.deleteIfExists(index);
        Files.move(fresh, place);
    }

    /** One reader may still be in the folder before this one. */
    private static void removeAllBut(Path one, Path other) throws IOException {
        try (var all = Files.newDirectoryStream(one.getParent())) {
            for (Path folder : all) {
                if (!folder.equals(one) && !folder.equals(other)) {
                    DirectoryRemoval.remove(folder);
                }
            }
        }
    }
}
