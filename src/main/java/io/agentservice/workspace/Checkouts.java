package io.agentservice.workspace;

import io.agentservice.job.JobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Makes checkouts from mirrors. Objects are copied, never linked: an agent that overwrote one through a hard link would
 * change it in the mirror and in every later checkout. Nothing of the repository runs while it is set up.
 */
final class Checkouts {

    private final Folders folders;
    private final Git git;
    private final CheckoutContent content;

    Checkouts(Folders folders, Git git, CheckoutContent content) {
        this.folders = folders;
        this.git = git;
        this.content = content;
    }

    /** What a job asked for, in a mirror; empty if it is not there. */
    Optional<Target> find(GitMirror mirror, MirrorRefs refs, Optional<String> ref, Repository repository)
            throws WorkspaceException {
        Optional<String> wanted = ref.isPresent() ? ref : mirror.standardBranch(repository);
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> named = refs.named(wanted.get());
        return named.isPresent()
                ? named.map(name -> new Target(name, MirrorRefs.branch(name)))
                : mirror.commit(wanted.get()).map(commit -> new Target(commit, Optional.empty()));
    }

    /** @throws IOException if it could not be made, and then nothing of it is left */
    CheckoutBase make(JobId job, GitMirror mirror, MirrorRefs refs, Target target, Order order) throws IOException {
        Path checkout = folders.checkout(job);
        DirectoryRemoval.remove(checkout);
        Path record = folders.record(job);
        DirectoryRemoval.remove(record);
        Folders.privateDirectory(record);
        Folders.privateDirectory(checkout);
        try {
            git.run(GitCommand.of(checkout, "init", "--quiet"));
            Path own = checkout.resolve(".git");
            mirror.reading(() -> copyObjects(mirror.folder().resolve("objects"), own.resolve("objects")));
            Files.writeString(own.resolve("packed-refs"), refs.asPackedRefsOfClone());
            GitSettings origin = GitSettings.NONE
                    .with("remote.origin.url", order.repository().remote().url())
                    .with("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
            Files.writeString(own.resolve("config"), origin.text(), StandardOpenOption.APPEND);
            content.checkOut(checkout, target, order.repository());
            return recorded(checkout, record, target, order);
        } catch (IOException e) {
            DirectoryRemoval.remove(checkout);
            throw e;
        }
    }

    /** What is to be checked out. */
    record Order(Repository repository, WorkspacePolicy policy) {}

    private CheckoutBase recorded(Path checkout, Path record, Target target, Order order) throws IOException {
        String commit = git.run(GitCommand.of(checkout, "rev-parse", "--verify", "HEAD"))
                .word();
        // Knows how each file looked when git wrote it, so that what changed is found without reading all.
        Files.copy(checkout.resolve(".git/index"), record.resolve("index"), StandardCopyOption.REPLACE_EXISTING);
        var base = new CheckoutBase(
                order.repository().name(),
                order.repository().remote().url(),
                order.repository().key(),
                target.branch().orElse(null),
                commit,
                order.policy().identity().committer().email(),
                order.policy().keep().unpushed());
        base.write(record);
        return base;
    }

    /** Packs and loose objects; a fetch that is under way adds some, which this checkout does not need. */
    private static void copyObjects(Path from, Path to) throws IOException {
        copyFiles(from.resolve("pack"), to.resolve("pack"));
        try (var entries = Files.newDirectoryStream(from, "[0-9a-f][0-9a-f]")) {
            for (Path loose : entries) {
                copyFiles(loose, to.resolve(loose.getFileName()));
            }
        }
    }

    private static void copyFiles(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var entries = Files.newDirectoryStream(from)) {
            for (Path file : entries) {
                String name = file.getFileName().toString();
                if (!name.startsWith("tmp_") && !name.startsWith(".tmp") && !name.endsWith(".lock")) {
                    copy(file, to.resolve(name));
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try {
            Files.copy(from, to, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException renamedMeanwhile) {
            // A temporary name of a fetch that is under way.
        }
    }

    /** The folders of a checkout that git itself must find as real folders, or it would work somewhere else. */
    static boolean isRepository(Path checkout) {
        return List.of(".git", ".git/objects", ".git/refs").stream()
                .allMatch(name -> Files.isDirectory(checkout.resolve(name), LinkOption.NOFOLLOW_LINKS));
    }
}
