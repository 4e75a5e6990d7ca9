package io.agentservice.workspace;

import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.process.ProcessLauncher;
import io.agentservice.process.Survivors;
import io.agentservice.workspace.WorkspacePolicy.Sources;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Makes the folders of a run, and removes them. All methods block. */
@Singleton
public final class Workspaces {

    private final Path directory;
    private final Folders folders;
    private final Repositories repositories;
    private final GitWorkspaces checkouts;
    private final JobGitConfig gitConfig;

    public Workspaces(WorkspaceConfig config, ProcessLauncher launcher, Survivors survivors, Clock clock)
            throws IOException {
        this.directory = real(config.directory());
        this.folders = Folders.in(config.jobsDirectory());
        Git git = Git.in(folders.git(), launcher, System.getenv());
        var key = GitCryptKey.of(config.gitCryptKey(), folders.git());
        this.gitConfig = new JobGitConfig(key);
        this.repositories = new Repositories(directory, config, git);
        var mirrors = new Mirrors(folders.mirrors(), git, config, clock);
        endLeftOver(survivors);
        mirrors.removeLeftovers();
        var content = new CheckoutContent(git, config.limits(), key);
        this.checkouts = new GitWorkspaces(
                folders,
                repositories,
                mirrors,
                new Checkouts(folders, git, content),
                new Definitions(folders.definitions(), git),
                clock);
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

    /**
     * The address of a repository, if it may be used.
     *
     * @throws IllegalArgumentException that says what it must be
     */
    public static String checkedRemote(String url) {
        Remote.parse(url);
        return url;
    }

    /** What jobs under this policy work in. */
    public WorkspaceMode modeOf(WorkspacePolicy policy) {
        return policy.mode()
                .orElseGet(() -> hasRepository(policy.sources()) ? WorkspaceMode.GIT : WorkspaceMode.DIRECTORY);
    }

    private boolean hasRepository(Sources sources) {
        return !repositories.names(sources).isEmpty();
    }

    /** The names of the repositories that jobs under this policy may ask for. */
    public Set<String> repositoryNames(WorkspacePolicy policy) {
        return modeOf(policy) == WorkspaceMode.GIT ? repositories.names(policy.sources()) : Set.of();
    }

    /** Whether it is clear which repository a job means, if it is to have one. */
    public boolean isClear(WorkspacePolicy policy, Optional<String> repository) {
        return modeOf(policy) != WorkspaceMode.GIT
                || repositories.meant(policy.sources(), repository).isPresent();
    }

    /**
     * Where the agents are defined for jobs under this policy: the folder that {@code .claude/agents} is in. Empty while
     * its repository has not been fetched yet. Does not wait for the network.
     */
    public Optional<Path> definitions(WorkspacePolicy policy, Optional<String> repository) throws IOException {
        return definedInRepository(policy, repository)
                ? checkouts.definitions(checkouts.repository(policy.sources(), repository))
                : Optional.of(directory);
    }

    /**
     * Fetches that repository if it is due, so that its definitions are those of now. May take as long as a clone.
     *
     * @return whether there is one
     */
    public boolean refresh(WorkspacePolicy policy, Optional<String> repository) throws IOException {
        if (!definedInRepository(policy, repository)) {
            return false;
        }
        checkouts.refresh(checkouts.repository(policy.sources(), repository));
        return true;
    }

    private boolean definedInRepository(WorkspacePolicy policy, Optional<String> repository) {
        return switch (modeOf(policy)) {
            case GIT -> true;
            case DIRECTORY -> false;
            case EMPTY -> repositories.meant(policy.sources(), repository).isPresent();
        };
    }

    /**
     * Makes the folders of a run. Git may take minutes; what it does is told as it happens. A checkout that an earlier
     * attempt left is taken up as it is.
     *
     * @throws IOException whose message is a sentence for a person
     */
    public Workspace open(Job job, WorkspacePolicy policy, Consumer<JobEvent.Phase> told) throws IOException {
        JobId id = job.id();
        // What an earlier attempt left there belongs to nobody now.
        DirectoryRemoval.remove(folders.home(id));
        Path home = Folders.privateDirectory(folders.home(id));
        try {
            Folders.privateDirectory(home.resolve(Workspace.TEMPORARY));
            Folders.privateDirectory(folders.conversation(id));
            return switch (modeOf(policy)) {
                case GIT -> checkedOut(job, policy, new Phases(told));
                case DIRECTORY -> inDirectory(id, policy);
                case EMPTY -> empty(id, policy);
            };
        } catch (IOException e) {
            DirectoryRemoval.remove(home);
            throw e;
        }
    }

    private Workspace checkedOut(Job job, WorkspacePolicy policy, Phases phases) throws IOException {
        JobId id = job.id();
        Repository repository =
                checkouts.repository(policy.sources(), job.spec().source().repository());
        gitConfig.write(folders.home(id), policy.identity(), Optional.of(repository));
        checkouts.open(job, repository, policy, phases);
        // To be pushed to, where the sandbox makes the rest of the machine read-only.
        List<Path> others =
                repository.remote().isLocal() ? List.of(repository.remote().path()) : List.of();
        return workspace(id, folders.checkout(id), true, others);
    }

    private Workspace inDirectory(JobId id, WorkspacePolicy policy) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new WorkspaceException("the workspace %s (WORKSPACE_DIR) is no folder".formatted(directory));
        }
        gitConfig.write(folders.home(id), policy.identity(), Optional.empty());
        return workspace(id, directory, false, List.of());
    }

    /** Empty but for the definitions of agents, which the CLI looks for where it works. */
    private Workspace empty(JobId id, WorkspacePolicy policy) throws IOException {
        gitConfig.write(folders.home(id), policy.identity(), Optional.empty());
        Path own = folders.checkout(id);
        if (!Files.isDirectory(own)) {
            Folders.privateDirectory(own);
            Optional<Path> definitions = definitions(policy, Optional.empty());
            if (definitions.isPresent()) {
                AgentFiles.copy(definitions.get(), own);
            }
        }
        return workspace(id, own, true, List.of());
    }

    private Workspace workspace(JobId id, Path place, boolean own, List<Path> others) {
        return new Workspace(place, folders.home(id), folders.conversation(id), folders.root(), own, others);
    }

    /** Where a run of this job keeps to itself, whether it is there or not. */
    public List<Path> privateFolders(JobId job) {
        return List.of(folders.home(job), folders.conversation(job), folders.checkout(job));
    }

    /** Called when a job's next status will be final, and before it is. */
    public void conclude(Job job, WorkspacePolicy policy, boolean completed) throws IOException {
        remove(job.id());
    }

    /** Removes the checkout of a job that is about to be final. Its conversation and what is known of it stay. */
    public void remove(JobId job) throws IOException {
        DirectoryRemoval.remove(folders.checkout(job));
    }

    /** Removes all that there is of a job that is forgotten. */
    public void forget(JobId job) throws IOException {
        DirectoryRemoval.remove(folders.home(job));
        DirectoryRemoval.remove(folders.checkout(job));
        DirectoryRemoval.remove(folders.conversation(job));
        DirectoryRemoval.remove(folders.record(job));
    }

    /** Removes the folders of runs that a crash left, but for the checkouts of these jobs; no run may be open. */
    public void removeLeftovers(Set<JobId> resuming) throws IOException {
        DirectoryRemoval.remove(folders.runs());
        if (!Files.isDirectory(folders.workspaces())) {
            return;
        }
        Set<Path> kept = resuming.stream().map(folders::checkout).collect(Collectors.toSet());
        try (var all = Files.newDirectoryStream(folders.workspaces())) {
            for (Path checkout : all) {
                if (!kept.contains(checkout)) {
                    DirectoryRemoval.remove(checkout);
                }
            }
        }
    }
}
