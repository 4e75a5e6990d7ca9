package io.agentservice.agent;

import io.agentservice.workspace.WorkspaceMode;
import io.agentservice.workspace.WorkspacePolicy;
import io.agentservice.workspace.WorkspacePolicy.Identity;
import io.agentservice.workspace.WorkspacePolicy.Keep;
import io.agentservice.workspace.WorkspacePolicy.Person;
import io.agentservice.workspace.WorkspacePolicy.RepositoryPolicy;
import io.agentservice.workspace.WorkspacePolicy.Sources;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What {@code agents.yaml} says of workspaces in one place. */
record WorkspaceSettings(Map<WorkspaceSetting, Object> values, Map<String, RepositoryPolicy> repositories) {

    static final WorkspaceSettings NONE = new WorkspaceSettings(Map.of(), Map.of());

    /** These, and what is not said here from the defaults. A repository is said as a whole. */
    WorkspaceSettings over(WorkspaceSettings defaults) {
        Map<WorkspaceSetting, Object> merged = new EnumMap<>(WorkspaceSetting.class);
        merged.putAll(defaults.values);
        merged.putAll(values);
        Map<String, RepositoryPolicy> all = new HashMap<>(defaults.repositories);
        all.putAll(repositories);
        return new WorkspaceSettings(merged, all);
    }

    WorkspacePolicy policy() {
        var standard = WorkspacePolicy.STANDARD;
        Person author = get(WorkspaceSetting.AUTHOR, Person.class)
                .orElse(standard.identity().author());
        return new WorkspacePolicy(
                get(WorkspaceSetting.MODE, WorkspaceMode.class),
                get(WorkspaceSetting.SHARED, Boolean.class).orElse(standard.shared()),
                new Sources(repositories, get(WorkspaceSetting.REPOSITORY, String.class)),
                new Identity(
                        author, get(WorkspaceSetting.COMMITTER, Person.class).orElse(author)),
                new Keep(
                        get(WorkspaceSetting.KEEP_ON_FAILURE, Duration.class),
                        get(WorkspaceSetting.KEEP_UNPUSHED, Boolean.class)
                                .orElse(standard.keep().unpushed())),
                get(WorkspaceSetting.MAX_BYTES, Long.class)
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty()));
    }

    private <T> Optional<T> get(WorkspaceSetting setting, Class<T> type) {
        return Optional.ofNullable(values.get(setting)).map(type::cast);
    }
}
