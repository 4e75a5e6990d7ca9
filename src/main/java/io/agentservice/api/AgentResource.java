package io.agentservice.api;

import io.agentservice.access.Caller;
import io.agentservice.access.Grant;
import io.agentservice.agent.AgentCatalog;
import io.agentservice.agent.AgentDefinition;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** The agents that jobs may name. */
@Path("/agents")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
public class AgentResource {

    private final AgentCatalog catalog;
    private final Caller caller;

    AgentResource(AgentCatalog catalog, Caller caller) {
        this.catalog = catalog;
        this.caller = caller;
    }

    record Agents(List<Agent> agents) {}

    /**
     * @param model null: what the CLI or the operator's policy says
     * @param tools empty: all
     */
    record Agent(String name, String description, String model, List<String> tools) {

        static Agent of(AgentDefinition definition) {
            return new Agent(
                    definition.name().value(),
                    definition.description(),
                    definition.model().orElse(null),
                    definition.tools());
        }
    }

    /** Those that the caller may use. */
    @GET
    public Uni<Agents> agents() {
        Grant grant = caller.grant();
        return Uni.createFrom()
                .item(() -> new Agents(catalog.list().stream()
                        .filter(agent -> grant.mayUse(agent.name().value()))
                        .map(Agent::of)
                        .toList()))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }
}
