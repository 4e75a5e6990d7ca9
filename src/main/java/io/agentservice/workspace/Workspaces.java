package io.agentservice.workspace;

import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Makes the folders of a run, and removes them. All methods block. */
@Singleton
public final class Workspaces {

    private static final Logger LOG = Logger.getLogger(Workspaces.class);

    private final WorkspaceTools tools;
    private final Folders folders;
    private final GitWorkspaces checkouts;
    private final JobGitConfig gitConfig;
    private final ChangeLog changes;
    private final WorkspaceSources sources;
    private final WorkspaceDisk disk;

    Workspaces(WorkspaceTools tools, WorkspaceSources sources, WorkspaceDisk disk) {
        this.tools = tools;
        this.folders = tools.folders;
        this.sources = sources;
        this.disk = disk;
        this.gitConfig = new JobGitConfig(tools.key);
        this.checkouts = new GitWorkspaces(tools);
        this.changes = new ChangeLog(tools);
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
            Workspace opened =
                    switch (tools.modeOf(policy)) {
                        case GIT -> checkedOut(job, policy, new Phases(told));
                        case DIRECTORY -> inDirectory(id, policy);
                        case EMPTY -> empty(id, policy);
                    };
            disk.watch(id, opened.privateFolders(), policy.maxBytes());
            return opened;
        } catch (IOException e) {
            DirectoryRemoval.remove(home);
            throw e;
        }
    }

    private Workspace checkedOut(Job job, WorkspacePolicy policy, Phases phases) throws IOException {
        JobId id = job.id();
        Repository repository =
                tools.repositories.find(policy.sources(), job.spec().source().repository());
        gitConfig.write(folders.home(id), policy.identity(), Optional.of(repository));
        checkouts.open(job, repository, policy, phases);
        // To be pushed to, where the sandbox makes the rest of the machine read-only.
        List<Path> others =
                repository.remote().isLocal() ? List.of(repository.remote().path()) : List.of();
        return workspace(id, folders.checkout(id), true, others);
    }

    private Workspace inDirectory(JobId id, WorkspacePolicy policy) throws IOException {
        if (!Files.isDirectory(tools.directory)) {
            throw new WorkspaceException("the workspace %s (WORKSPACE_DIR) is no folder".formatted(tools.directory));
        }
        gitConfig.write(folders.home(id), policy.identity(), Optional.empty());
        return workspace(id, tools.directory, false, List.of());
    }

    /** Empty but for the definitions of agents, which the CLI looks for where it works. */
    private Workspace empty(JobId id, WorkspacePolicy policy) throws IOException {
        gitConfig.write(folders.home(id), policy.identity(), Optional.empty());
        Path own = folders.checkout(id);
        if (!Files.isDirectory(own)) {
            Folders.privateDirectory(own);
            Optional<Path> definitions = sources.definitions(policy, Optional.empty());
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

    /** What the agent remembers of its conversation, whether it is there or not. */
    public Path conversationOf(JobId job) {
        return folders.conversation(job);
    }

    /** Lets the next run of a job begin anew. */
    public void removeConversation(JobId job) {
        try {
            DirectoryRemoval.remove(folders.conversation(job));
        } catch (IOException e) {
            throw new UncheckedIOException("could not remove the conversation of a job", e);
        }
    }

    /**
     * Called when a job's next status will be final, and before it is: writes down what it changed, keeps what its
     * policy wants kept, and removes the rest.
     */
    public void conclude(Job job, WorkspacePolicy policy, boolean completed, Consumer<JobEvent.Phase> told)
            throws IOException {
        disk.leave(job.id());
        record(job.id(), repositoryOf(job, policy))
                .ifPresent(found -> new Phases(told)
                        .tell(
                                "changes",
                                Map.of(
                                        "commits", found.commits().size(),
                                        "unpushed", found.unpushed(),
                                        "files", found.diffstat().changed(),
                                        "uncommitted", found.uncommitted())));
        Optional<Duration> keep = completed ? Optional.empty() : policy.keep().onFailure();
        if (keep.isPresent() && Files.isDirectory(folders.checkout(job.id()))) {
            tools.kept.keep(job.id(), keep.get());
        } else {
            remove(job.id());
        }
    }

    private Optional<Repository> repositoryOf(Job job, WorkspacePolicy policy) {
        try {
            return tools.modeOf(policy) == WorkspaceMode.GIT
                    ? Optional.of(tools.repositories.find(
                            policy.sources(), job.spec().source().repository()))
                    : Optional.empty();
        } catch (WorkspaceException e) {
            return Optional.empty();
        }
    }

    /** Never fails: a job must be able to end. */
    private Optional<Changes> record(JobId job, Optional<Repository> repository) {
        try {
            return changes.record(job, repository);
        } catch (IOException | RuntimeException e) {
            LOG.warnf(e, "what a job changed could not be written down jobId=%s", job);
            return Optional.empty();
        }
    }

    /** Removes the checkout of a job, also one that was kept. Its conversation and what it changed stay known. */
    public void remove(JobId job) throws IOException {
        disk.leave(job);
        tools.kept.remove(job);
    }

    /** Removes all that there is of a job that is forgotten. */
    public void forget(JobId job) throws IOException {
        remove(job);
        DirectoryRemoval.remove(folders.home(job));
        DirectoryRemoval.remove(folders.conversation(job));
        DirectoryRemoval.remove(folders.record(job));
    }

    /** Removes the folders of runs that a crash left, but for the checkouts of these jobs; no run may be open. */
    public void removeLeftovers(Set<JobId> resuming) throws IOException {
        DirectoryRemoval.remove(folders.runs());
        tools.kept.removeExpired();
        if (!Files.isDirectory(folders.workspaces())) {
            return;
        }
        Set<JobId> stays = new HashSet<>(resuming);
        stays.addAll(tools.kept.all().keySet());
        try (var all = Files.newDirectoryStream(folders.workspaces())) {
            for (Path checkout : all) {
                JobId job = new JobId(checkout.getFileName().toString());
                if (!stays.contains(job)) {
                    // The network is not waited for: the service has not started yet.
                    record(job, Optional.empty());
                    remove(job);
                }
            }
        }
    }
}
