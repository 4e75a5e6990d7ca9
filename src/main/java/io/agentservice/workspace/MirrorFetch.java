package io.agentservice.workspace;

import io.agentservice.workspace.WorkspaceConfig.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** What a mirror asks of its remote. All methods block. */
final class MirrorFetch {

    private final Git git;
    private final Limits limits;

    MirrorFetch(Git git, Limits limits) {
        this.git = git;
        this.limits = limits;
    }

    /**
     * Makes the branches and tags of a bare repository those of its remote, whatever they were.
     *
     * @throws WorkspaceException with git's words, but for the secret
     */
    void run(Path where, Repository repository, Duration limit) throws WorkspaceException {
        GitOutput output = git.tryRun(GitCommand.of(
                        where,
                        "fetch",
                        "--quiet",
                        "--prune",
                        "--force",
                        "--no-write-fetch-head",
                        "--end-of-options",
                        repository.remote().url(),
                        "+refs/heads/*:refs/heads/*",
                        "+refs/tags/*:refs/tags/*")
                .configured(repository.settings())
                .within(limit));
        if (!output.isGood()) {
            throw new WorkspaceException("%s could not be fetched: %s"
                    .formatted(repository.remote(), repository.redacted(output.complaint())));
        }
        if (repository.branch().isEmpty() && !hasHead(where)) {
            followHead(where, repository);
        }
    }

    private boolean hasHead(Path where) throws WorkspaceException {
        return git.tryRun(GitCommand.of(where, "rev-parse", "--verify", "--quiet", "HEAD"))
                .isGood();
    }

    private void followHead(Path where, Repository repository) throws WorkspaceException {
        GitOutput output = git.tryRun(GitCommand.of(
                        where,
                        "ls-remote",
                        "--symref",
                        "--end-of-options",
                        repository.remote().url(),
                        "HEAD")
                .configured(repository.settings())
                .within(limits.fetch()));
        for (String line : output.lines()) {
            if (line.startsWith("ref: refs/heads/") && line.indexOf('\t') > 0) {
                git.run(GitCommand.of(
                        where, "symbolic-ref", "HEAD", line.substring("ref: ".length(), line.indexOf('\t'))));
                return;
            }
        }
    }

    /** Takes over what a checkout of the same remote on this machine has of it. @return whether it had any */
    boolean seed(Path where, Path checkout) throws WorkspaceException {
        return git.tryRun(GitCommand.of(
                                where,
                                "fetch",
                                "--quiet",
                                "--no-write-fetch-head",
                                "--end-of-options",
                                checkout.toString(),
                                "+refs/remotes/origin/*:refs/heads/*",
                                "^refs/remotes/origin/HEAD",
                                "+refs/tags/*:refs/tags/*")
                        .within(limits.clone()))
                .isGood();
    }

    static Instant lastFetchIn(Path checkout) {
        try {
            return Files.getLastModifiedTime(checkout.resolve(".git/FETCH_HEAD"))
                    .toInstant();
        } catch (IOException never) {
            return Instant.EPOCH;
        }
    }
}
