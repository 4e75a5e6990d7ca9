package io.agentservice.workspace;

import io.agentservice.process.ProcessLauncher;
import io.agentservice.process.Survivors;
import io.agentservice.secrets.Redactor;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** What the parts of this room have in common. Made once, before any of them does anything. */
@Singleton
final class WorkspaceTools {

    final Path directory;
    final Folders folders;
    final Git git;
    final GitCryptKey key;
    final Repositories repositories;
    final Redactor redactor;
    final Mirrors mirrors;
    final Definitions definitions;
    final KeptWorkspaces kept;
    final WorkspaceConfig config;
    final Clock clock;

    WorkspaceTools(WorkspaceConfig config, ProcessLauncher launcher, Survivors survivors, GitTokens tokens, Clock clock)
            throws IOException {
        this.config = config;
        this.clock = clock;
        this.directory = real(config.directory());
        this.folders = Folders.in(config.jobsDirectory());
        this.git = Git.in(folders.git(), launcher, System.getenv());
        this.key = GitCryptKey.of(config.gitCryptKey(), folders.git());
        this.repositories = new Repositories(directory, config, git, tokens);
        this.redactor = tokens.redactor();
        this.mirrors = new Mirrors(folders.mirrors(), git, config, clock);
        this.definitions = new Definitions(folders.definitions(), git);
        this.kept = new KeptWorkspaces(folders, clock);
        endLeftOver(survivors);
        mirrors.removeLeftovers();
    }

    /** As the kernel names it: links in it would hide who works there. What is not there yet has no other name. */
    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException notThereYet) {
            return path.toAbsolutePath().normalize();
        }
    }

    /** A git that a crash left may still be writing into a mirror. */
    private void endLeftOver(Survivors survivors) throws IOException {
        if (!Files.isDirectory(folders.mirrors())) {
            return;
        }
        try {
            survivors.end("git", List.of(folders.mirrors()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while an earlier life was cleaned up", e);
        }
    }

    /** What jobs under this policy work in. */
    WorkspaceMode modeOf(WorkspacePolicy policy) {
        boolean hasRepository = !repositories.names(policy.sources()).isEmpty();
        return policy.mode().orElse(hasRepository ? WorkspaceMode.GIT : WorkspaceMode.DIRECTORY);
    }
}
