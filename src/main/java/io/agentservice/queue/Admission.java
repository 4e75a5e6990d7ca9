package io.agentservice.queue;

import io.agentservice.agent.AgentCatalog;
import io.agentservice.agent.AgentDefinition;
import io.agentservice.agent.AgentName;
import io.agentservice.agent.AgentPolicies;
import io.agentservice.agent.AgentPolicy;
import io.agentservice.job.JobSpec;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.util.List;

/** Decides whether a job may be asked for at all. */
@Singleton
public class Admission {

    private final AgentCatalog catalog;
    private final AgentPolicies policies;

    Admission(AgentCatalog catalog, AgentPolicies policies) {
        this.catalog = catalog;
        this.policies = policies;
    }

    /** Fails with {@link UnknownAgentException} or {@link PolicyException}, or gives the spec back. */
    Uni<JobSpec> admit(JobSpec spec) {
        return Uni.createFrom().item(() -> check(spec)).runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private JobSpec check(JobSpec spec) {
        var asked = new AgentName(spec.agent());
        List<AgentName> known =
                catalog.list().stream().map(AgentDefinition::name).toList();
        if (!known.contains(asked)) {
            throw new UnknownAgentException(asked, known);
        }
        checkPolicy(spec, policies.of(asked));
        return spec;
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
