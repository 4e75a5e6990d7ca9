package io.agentservice.agent;

import io.agentservice.job.JobSpec;
import io.agentservice.workspace.WorkspacePolicy;
import io.agentservice.workspace.WorkspaceSources;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/** The places that the policies name: WORKSPACE_DIR, and the repositories. */
@Startup
@Singleton
final class PolicyFolders implements DefinitionFolders {

    private static final Logger LOG = Logger.getLogger(PolicyFolders.class);
    /** Small repositories are there when the service is; large ones come when they come. */
    private static final long START_PATIENCE_SECONDS = 5;

    private final AgentPolicies policies;
    private final WorkspaceSources workspaces;

    PolicyFolders(AgentPolicies policies, WorkspaceSources workspaces) {
        this.policies = policies;
        this.workspaces = workspaces;
    }

    /** One way to a folder. */
    private record Place(WorkspacePolicy policy, Optional<String> repository) {}

    /** Fetches what the first job would otherwise wait for. */
    @PostConstruct
    void start() throws InterruptedException {
        var fetched = CompletableFuture.runAsync(
                () -> places().forEach(this::tryRefresh), Infrastructure.getDefaultWorkerPool());
        try {
            fetched.get(START_PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.info("repositories are still being fetched");
        } catch (ExecutionException e) {
            LOG.error("repositories were not fetched", e.getCause());
        }
    }

    private void tryRefresh(Place place) {
        try {
            workspaces.refresh(place.policy(), place.repository());
        } catch (IOException e) {
            LOG.warnf("agents of a repository are not known yet: %s", e.getMessage());
        }
    }

    private Set<Place> places() {
        Set<Place> places = new LinkedHashSet<>();
        for (AgentPolicy policy : policies.all()) {
            Set<String> names = workspaces.repositoryNames(policy.workspace());
            names.forEach(name -> places.add(new Place(policy.workspace(), Optional.of(name))));
            if (names.isEmpty()) {
                places.add(new Place(policy.workspace(), Optional.empty()));
            }
        }
        return places;
    }

    @Override
    public List<Path> all() {
        Set<Path> folders = new LinkedHashSet<>();
        for (Place place : places()) {
            try {
                workspaces.definitions(place.policy(), place.repository()).ifPresent(folders::add);
            } catch (IOException e) {
                LOG.warnf("agents of a repository are not known: %s", e.getMessage());
            }
        }
        return new ArrayList<>(folders);
    }

    @Override
    public Path of(AgentName agent, JobSpec.Source source) throws IOException {
        WorkspacePolicy policy = policies.of(agent).workspace();
        return workspaces
                .definitions(policy, source.repository())
                .orElseThrow(() -> new IOException("the repository is being fetched for the first time"));
    }

    @Override
    public boolean refresh(AgentName agent, JobSpec.Source source) throws IOException {
        return workspaces.refresh(policies.of(agent).workspace(), source.repository());
    }
}
