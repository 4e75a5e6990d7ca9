package io.agentservice.workspace;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** What jobs can work on, and where the agents for it are defined. */
@Singleton
public final class WorkspaceSources {

    private static final Logger LOG = Logger.getLogger(WorkspaceSources.class);

    private final WorkspaceTools tools;

    WorkspaceSources(WorkspaceTools tools) {
        this.tools = tools;
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
        return tools.modeOf(policy);
    }

    /** The names of the repositories that jobs under this policy may ask for. */
    public Set<String> repositoryNames(WorkspacePolicy policy) {
        return modeOf(policy) == WorkspaceMode.GIT ? tools.repositories.names(policy.sources()) : Set.of();
    }

    /** Whether it is clear which repository a job means, if it is to have one. */
    public boolean isClear(WorkspacePolicy policy, Optional<String> repository) {
        return modeOf(policy) != WorkspaceMode.GIT
                || tools.repositories.meant(policy.sources(), repository).isPresent();
    }

    /**
     * Where the agents are defined for jobs under this policy: the folder that {@code .claude/agents} is in. Empty while
     * its repository has not been fetched yet. Does not wait for the network, but may for git.
     */
    public Optional<Path> definitions(WorkspacePolicy policy, Optional<String> repository) throws IOException {
        if (!isInRepository(policy, repository)) {
            return Optional.of(tools.directory);
        }
        Repository found = tools.repositories.find(policy.sources(), repository);
        Optional<Path> known = tools.definitions.of(found);
        GitMirror mirror = tools.mirrors.of(found);
        if (known.isEmpty() && mirror.isThere()) {
            tools.definitions.update(found, mirror);
            return tools.definitions.of(found);
        }
        return known;
    }

    /**
     * Fetches that repository if it is due, so that its definitions are those of now. May take as long as a clone.
     *
     * @return whether there is one
     */
    public boolean refresh(WorkspacePolicy policy, Optional<String> repository) throws IOException {
        if (!isInRepository(policy, repository)) {
            return false;
        }
        Repository found = tools.repositories.find(policy.sources(), repository);
        GitMirror mirror = tools.mirrors.of(found);
        MirrorState state = mirror.refresh(found, false, () -> LOG.infof("cloning repository=%s", found.name()));
        state.failure().ifPresent(why -> LOG.warnf("fetch failed repository=%s: %s", found.name(), why));
        tools.definitions.update(found, mirror);
        return true;
    }

    private boolean isInRepository(WorkspacePolicy policy, Optional<String> repository) {
        return switch (modeOf(policy)) {
            case GIT -> true;
            case DIRECTORY -> false;
            case EMPTY -> tools.repositories.meant(policy.sources(), repository).isPresent();
        };
    }
}
