package io.agentservice.workspace;

import io.agentservice.workspace.WorkspacePolicy.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;

/** Fills a checkout with files. Blocks. */
final class CheckoutContent {

    /** Agents are defined there, so it is always checked out. */
    private static final String DEFINITIONS = ".claude";

    private static final long LITTLE_OLDER_MILLIS = 5000;

    private final Git git;
    private final WorkspaceConfig.Limits limits;
    private final GitCryptKey key;

    CheckoutContent(Git git, WorkspaceConfig.Limits limits, GitCryptKey key) {
        this.git = git;
        this.limits = limits;
        this.key = key;
    }

    void checkOut(Path checkout, Target target, Repository repository) throws WorkspaceException {
        Content content = repository.content();
        if (!content.sparse().isEmpty()) {
            List<String> folders = new ArrayList<>(content.sparse());
            folders.add(DEFINITIONS);
            git.run(GitCommand.of(checkout, "sparse-checkout", "set", "--cone", "--end-of-options")
                    .with(folders));
        }
        git.run(GitCommand.of(checkout, "checkout", "--quiet", "--force")
                .with(what(target))
                .configured(key.toRead(content))
                .within(limits.clone()));
        if (key.isUsed(content)) {
            settleEncrypted(checkout, content);
        }
        if (content.submodules()) {
            submodules(checkout, repository);
        }
        if (content.lfs()) {
            largeFiles(checkout, repository);
        }
    }

    /**
     * Makes the files that were encrypted look a little older. Git reads again what is as old as its index, and these the
     * job may not be able to read, having no key.
     */
    private void settleEncrypted(Path checkout, Content content) throws WorkspaceException {
        List<String> files = git.run(GitCommand.of(checkout, "ls-files", "-z", "--", ":(attr:filter=git-crypt)"))
                .lines();
        try {
            for (String file : String.join("\n", files).split("\0")) {
                Path path = checkout.resolve(file);
                if (!file.isEmpty() && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    long written = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
                            .toMillis();
                    Files.setLastModifiedTime(path, FileTime.fromMillis(written - LITTLE_OLDER_MILLIS));
                }
            }
        } catch (IOException e) {
            throw new WorkspaceException("encrypted files could not be settled: " + e, e);
        }
        git.run(GitCommand.of(checkout, "update-index", "-q", "--really-refresh")
                .configured(key.toRead(content))
                .within(limits.clone()));
    }

    /** Over the network, and only over it: git refuses paths and commands as addresses of submodules. */
    private void submodules(Path checkout, Repository repository) throws WorkspaceException {
        GitOutput output = git.tryRun(
                GitCommand.of(checkout, "submodule", "--quiet", "update", "--init", "--recursive", "--jobs=4")
                        .configured(repository.settings())
                        .within(limits.clone()));
        if (!output.isGood()) {
            throw new WorkspaceException(
                    "a submodule could not be fetched: " + repository.redacted(output.complaint()));
        }
    }

    /** What the checkout has as pointers so far; it was made without the filter, so that nothing was fetched twice. */
    private void largeFiles(Path checkout, Repository repository) throws WorkspaceException {
        GitSettings settings = repository.settings().and(LargeFiles.FILTERS);
        for (List<String> step : List.of(List.of("lfs", "fetch", "origin", "HEAD"), List.of("lfs", "checkout"))) {
            GitOutput output = git.tryRun(
                    GitCommand.of(checkout).with(step).configured(settings).within(limits.clone()));
            if (!output.isGood()) {
                throw new WorkspaceException(
                        "large files could not be fetched: " + repository.redacted(output.complaint()));
            }
        }
    }

    private static List<String> what(Target target) {
        return target.branch()
                .map(branch -> List.of("-B", branch, "--track", "refs/remotes/origin/" + branch))
                .orElseGet(() -> List.of("--detach", target.revision()));
    }
}
