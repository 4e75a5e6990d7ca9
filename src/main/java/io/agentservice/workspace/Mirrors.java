package io.agentservice.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The mirrors on the data volume, each known by its repository's key. */
final class Mirrors {

    private final Path folder;
    private final Git git;
    private final WorkspaceConfig config;
    private final Clock clock;
    private final Map<String, GitMirror> mirrors = new ConcurrentHashMap<>();

    Mirrors(Path folder, Git git, WorkspaceConfig config, Clock clock) {
        this.folder = folder;
        this.git = git;
        this.config = config;
        this.clock = clock;
    }

    GitMirror of(Repository repository) {
        return of(repository.key());
    }

    GitMirror of(String key) {
        return mirrors.computeIfAbsent(key, name -> new GitMirror(folder.resolve(name + ".git"), git, config, clock));
    }

    /** Those that were used in this life, by name. */
    Map<String, GitMirror> known() {
        return new TreeMap<>(mirrors);
    }

    /** What gits that were killed left, and would stop the next ones. No git may run. */
    void removeLeftovers() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var all = Files.newDirectoryStream(folder)) {
            for (Path mirror : all) {
                if (mirror.toString().endsWith(".new")) {
                    DirectoryRemoval.remove(mirror);
                } else {
                    GitMirror.removeStaleLocks(mirror);
                }
            }
        }
    }
}
