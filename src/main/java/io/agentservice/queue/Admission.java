package io.agentservice.queue;

import io.agentservice.agent.AgentCatalog;
import io.agentservice.agent.AgentDefinition;
import io.agentservice.agent.AgentName;
import io.agentservice.agent.AgentPolicies;
import io.agentservice.agent.AgentPolicy;
import io.agentservice.job.JobSpec;
import io.agentservice.store.Labels;
import io.agentservice.workspace.WorkspaceDisk;
import io.agentservice.workspace.WorkspaceSources;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Decides whether a job may be asked for at all. */
@Singleton
public class Admission {

    private static final String STRUCTURED_OUTPUT = "StructuredOutput";

    private final AgentCatalog catalog;
    private final AgentPolicies policies;
    private final WorkspaceSources workspaces;
    private final WorkspaceDisk disk;
    private final Labels labels;

    Admission(
            AgentCatalog catalog,
            AgentPolicies policies,
            WorkspaceSources workspaces,
            WorkspaceDisk disk,
            Labels labels) {
        this.labels = labels;
        this.disk = disk;
        this.catalog = catalog;
        this.workspaces = workspaces;
        this.policies = policies;
    }

    /** Fails with {@link UnknownAgentException} or {@link PolicyException}, or gives the spec back. */
    Uni<JobSpec> admit(JobSpec spec) {
        return Uni.createFrom().item(() -> check(spec)).runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private JobSpec check(JobSpec spec) {
        long free = disk.free();
        if (free < disk.needed()) {
            throw RefusedException.lowDisk(free, disk.needed());
        }
        var asked = new AgentName(spec.agent());
        AgentPolicy policy = policies.of(asked);
        checkSource(spec, policy);
        // Another ref may define other agents; the CLI will tell.
        if (spec.source().ref().isEmpty()) {
            checkForm(spec, definition(asked, spec));
            checkPolicy(spec, policy);
            labels.admitAgent(spec.agent());
            return spec;
        }
        checkPolicy(spec, policy);
        return spec;
    }

    private AgentDefinition definition(AgentName asked, JobSpec spec) {
        List<AgentDefinition> agents = known(asked, spec);
        return agents.stream()
                .filter(known -> known.name().equals(asked))
                .findFirst()
                .orElseThrow(() -> new UnknownAgentException(
                        asked, agents.stream().map(AgentDefinition::name).toList()));
    }

    private List<AgentDefinition> known(AgentName asked, JobSpec spec) {
        try {
            return catalog.list(asked, spec.source());
        } catch (IOException e) {
            throw RefusedException.notReady(e.getMessage());
        }
    }

    /** The CLI would not offer the tool, and the job would fail at its end. */
    private static void checkForm(JobSpec spec, AgentDefinition agent) {
        if (spec.answer().schema().isPresent() && !agent.mayUse(STRUCTURED_OUTPUT)) {
            throw new PolicyException(
                    "the agent '%s' cannot answer in the form of json_schema: add %s to the tools of its definition"
                            .formatted(spec.agent(), STRUCTURED_OUTPUT));
        }
    }

    private void checkSource(JobSpec spec, AgentPolicy policy) {
        var source = spec.source();
        Set<String> names = workspaces.repositoryNames(policy.workspace());
        if ((source.repository().isPresent() || source.ref().isPresent()) && names.isEmpty()) {
            refuse("repository and ref may not be given: the agent '%2$s' does not work on a repository", "", spec);
        }
        if (!workspaces.isClear(policy.workspace(), source.repository())) {
            refuse("repository must be one of %s for the agent '%s'", String.join(", ", names), spec);
        }
    }

    private static void checkPolicy(JobSpec spec, AgentPolicy policy) {
        var limits = policy.run();
        limits.maxBudgetUsd()
                .filter(max -> spec.limits().maxBudgetUsd().compareTo(max) > 0)
                .ifPresent(max ->
                        refuse("max_budget_usd may be at most %s for the agent '%s'", max.toPlainString(), spec));
        limits.maxTimeout()
                .filter(max -> spec.limits().timeout().compareTo(max) > 0)
                .ifPresent(max ->
                        refuse("timeout_seconds may be at most %s for the agent '%s'", "" + max.toSeconds(), spec));
        List<String> models = policy.models().allowed();
        spec.model()
                .filter(model -> !models.isEmpty() && !models.contains(model))
                .ifPresent(
                        model -> refuse("model may be one of %s for the agent '%s'", String.join(", ", models), spec));
    }

    private static void refuse(String sentence, String allowed, JobSpec spec) {
        throw new PolicyException(sentence.formatted(allowed, spec.agent()));
    }
}
