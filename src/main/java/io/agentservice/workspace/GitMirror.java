package io.agentservice.workspace;

import io.agentservice.workspace.WorkspaceConfig.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Pattern;

/**
 * A bare copy of one repository, from which checkouts are made without the network. It is fetched by one job at a
 * time, and read meanwhile by any number: a fetch only adds objects. All methods block.
 */
final class GitMirror {

    /** When its state was last that of the remote; in the mirror, so that it lives and dies with it. */
    private static final String FETCHED = "agent-service-fetched";

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{7,64}");
    private static final int MANY_PACKS = 30;

    private final Path folder;
    private final Git git;
    private final MirrorFetch fetch;
    private final Limits limits;
    private final Duration debounce;
    private final Clock clock;
    private final ReentrantLock fetching = new ReentrantLock();
    /** Held for reading while objects are copied, for writing while packs are put together. */
    private final ReentrantReadWriteLock objects = new ReentrantReadWriteLock();

    /** How many fetches were begun: one that was under way when somebody asked may have missed what they want. */
    private final AtomicLong begun = new AtomicLong();

    private Instant lastTry = Instant.MIN;
    private volatile Optional<String> failure = Optional.empty();

    GitMirror(Path folder, Git git, WorkspaceConfig config, Clock clock) {
        this.folder = folder;
        this.git = git;
        this.fetch = new MirrorFetch(git, config.limits());
        this.limits = config.limits();
        this.debounce = config.fetchDebounce();
        this.clock = clock;
    }

    Path folder() {
        return folder;
    }

    boolean isThere() {
        return Files.isRegularFile(folder.resolve(FETCHED));
    }

    /** How it stands; empty if there is none yet. Reads a small file. */
    Optional<MirrorState> state() {
        try {
            String at = Files.readString(folder.resolve(FETCHED)).strip();
            return Optional.of(new MirrorState(Instant.parse(at), failure));
        } catch (IOException | DateTimeParseException none) {
            return Optional.empty();
        }
    }

    /**
     * Fetches if the last try is longer ago than the debounce, or in any case if {@code now}. Whoever comes while
     * another fetches waits for that, and has its result.
     *
     * @param cloning called before the first fetch, which may take long
     * @throws WorkspaceException if there is no state to work on; a failed fetch of one that is there is in the state
     */
    MirrorState refresh(Repository repository, boolean now, Runnable cloning) throws WorkspaceException {
        long begunBefore = begun.get();
        fetching.lock();
        try {
            Optional<MirrorState> before = state();
            if (before.isEmpty()) {
                cloning.run();
                create(repository);
            } else if (now ? begun.get() == begunBefore : isDue(before.get())) {
                update(repository);
            }
            return state().orElseThrow(() -> new WorkspaceException("the mirror %s is gone".formatted(folder)));
        } catch (IOException e) {
            throw e instanceof WorkspaceException known
                    ? known
                    : new WorkspaceException(
                            "the mirror of '%s' cannot be written: %s".formatted(repository.name(), e), e);
        } finally {
            fetching.unlock();
        }
    }

    private boolean isDue(MirrorState state) {
        Instant newest = lastTry.isAfter(state.fetchedAt()) ? lastTry : state.fetchedAt();
        return !clock.instant().isBefore(newest.plus(debounce));
    }

    /** Made beside its place: one that is there is whole. */
    private void create(Repository repository) throws IOException {
        Path fresh = folder.resolveSibling(folder.getFileName() + ".new");
        DirectoryRemoval.remove(fresh);
        DirectoryRemoval.remove(folder);
        Folders.privateDirectory(fresh);
        git.run(GitCommand.of(fresh, "init", "--quiet", "--bare"));
        Optional<String> trouble = Optional.empty();
        boolean seeded = repository.seed().isPresent()
                && fetch.seed(fresh, repository.seed().get());
        try {
            fetch.run(fresh, repository, limits.clone());
            Files.writeString(fresh.resolve(FETCHED), clock.instant().toString());
        } catch (WorkspaceException e) {
            if (!seeded) {
                throw e;
            }
            // What the operator's own checkout last saw of the remote is better than nothing.
            trouble = Optional.of(e.getMessage());
            Files.writeString(
                    fresh.resolve(FETCHED),
                    MirrorFetch.lastFetchIn(repository.seed().get()).toString());
        }
        Files.move(fresh, folder);
        lastTry = clock.instant();
        failure = trouble;
    }

    private void update(Repository repository) throws IOException {
        begun.incrementAndGet();
        try {
            fetch.run(folder, repository, limits.fetch());
            // In one step: a state that is half written is none.
            Path fresh = Files.writeString(
                    folder.resolve(FETCHED + ".new"), clock.instant().toString());
            Files.move(fresh, folder.resolve(FETCHED), StandardCopyOption.ATOMIC_MOVE);
            failure = Optional.empty();
            packIfMany();
        } catch (WorkspaceException e) {
            failure = Optional.of(e.getMessage());
        } finally {
            lastTry = clock.instant();
        }
    }

    private void packIfMany() throws WorkspaceException {
        try (var packs = Files.newDirectoryStream(folder.resolve("objects/pack"), "*.pack")) {
            int count = 0;
            for (Path ignored : packs) {
                count++;
            }
            if (count < MANY_PACKS) {
                return;
            }
        } catch (IOException e) {
            return;
        }
        objects.writeLock().lock();
        try {
            git.tryRun(GitCommand.of(folder, "repack", "--quiet", "-d", "--geometric=2")
                    .within(limits.clone()));
        } finally {
            objects.writeLock().unlock();
        }
    }

    /** The branch for jobs that name none; empty if the remote does not say, or has none. */
    Optional<String> standardBranch(Repository repository) throws WorkspaceException {
        return repository.branch().isPresent()
                ? repository.branch()
                : Optional.of(git.tryRun(GitCommand.of(folder, "symbolic-ref", "--quiet", "--short", "HEAD"))
                                .word())
                        .filter(name -> !name.isEmpty());
    }

    MirrorRefs refs() throws WorkspaceException {
        return MirrorRefs.parse(git.run(GitCommand.of(
                        folder, "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags"))
                .lines());
    }

    /** The commit of that hash, if it is here. */
    Optional<String> commit(String hash) throws WorkspaceException {
        return HASH.matcher(hash).matches() ? commitOf(hash) : Optional.empty();
    }

    /** The commit that a full ref leads to, if it does. */
    Optional<String> commitOf(String revision) throws WorkspaceException {
        String found = git.tryRun(GitCommand.of(
                        folder, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"))
                .word();
        return Optional.of(found).filter(commit -> !commit.isEmpty());
    }

    /** What reads its objects, undisturbed by their being packed anew. */
    void reading(IoAction action) throws IOException {
        objects.readLock().lock();
        try {
            action.run();
        } finally {
            objects.readLock().unlock();
        }
    }

    /** Whether everything that its branches and tags need is there and whole. Reads all of it. */
    boolean isSound() throws WorkspaceException {
        return git.tryRun(GitCommand.of(folder, "fsck", "--full", "--no-dangling", "--no-progress")
                        .within(limits.clone()))
                .isGood();
    }

    /** Away with it: the next refresh makes it anew. */
    void discard() throws IOException {
        fetching.lock();
        try {
            objects.writeLock().lock();
            try {
                DirectoryRemoval.remove(folder);
            } finally {
                objects.writeLock().unlock();
            }
        } finally {
            fetching.unlock();
        }
    }

    /** Something that may fail as files do. */
    interface IoAction {
        void run() throws IOException;
    }

    /** Also half-written packs: no git may run. */
    static void removeStaleLocks(Path mirror) throws IOException {
        try (var files = Files.walk(mirror, 8)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".lock") || name.startsWith("tmp_")) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
