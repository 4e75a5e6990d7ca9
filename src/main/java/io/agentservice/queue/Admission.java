package io.agentservice.queue;

import io.agentservice.agent.AgentCatalog;
import io.agentservice.agent.AgentDefinition;
import io.agentservice.agent.AgentName;
import io.agentservice.job.JobSpec;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.util.List;

/** Decides whether a job may be asked for at all. */
@Singleton
public class Admission {

    private final AgentCatalog catalog;

    Admission(AgentCatalog catalog) {
        this.catalog = catalog;
    }

    /** Fails with {@link UnknownAgentException}, or gives the spec back. */
    Uni<JobSpec> admit(JobSpec spec) {
        return Uni.createFrom().item(() -> checkAgent(spec)).runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private JobSpec checkAgent(JobSpec spec) {
        var asked = new AgentName(spec.agent());
        List<AgentName> known =
                catalog.list().stream().map(AgentDefinition::name).toList();
        if (!known.contains(asked)) {
            throw new UnknownAgentException(asked, known);
        }
        return spec;
    }
}
