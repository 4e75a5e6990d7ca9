package io.agentservice.store;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Which names may be labels of metrics: each makes series that never go away. Callers make up agents, and agents may make
 * up models, so only so many have a name of their own. A name that has one keeps it, in later lives of the service too:
 * the store's totals are kept by it.
 */
@Singleton
public final class Labels {

    /** All that have no series of their own. */
    public static final String OTHER = "other";

    private final Names agents;
    private final Names models;

    @Inject
    public Labels(MetricsConfig config) {
        this(config.maxAgents(), config.maxModels());
    }

    public Labels(int maxAgents, int maxModels) {
        this.agents = new Names(maxAgents);
        this.models = new Names(maxModels);
    }

    /** An agent that is known to be one: it gets a label of its own while there is room. */
    public void admitAgent(String name) {
        agents.admit(name);
    }

    /** What stands for an agent. */
    public String agent(String name) {
        return agents.label(name);
    }

    /** What stands for a model; empty where none is named. Nobody can say which models there are: the first ones. */
    public String model(String name) {
        models.admit(name);
        return name.isEmpty() ? name : models.label(name);
    }

    /** Those of an earlier life. */
    public void restore(Totals totals) {
        totals.statuses().forEach(total -> agents.restore(total.agent()));
        totals.costs().forEach(total -> {
            agents.restore(total.agent());
            models.restore(total.model());
        });
    }

    private static final class Names {

        /** Of models there are others than Anthropic's own: ids of Bedrock's and Vertex' have more signs. */
        private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@\\[\\]-]{0,127}");

        private final int max;
        private final Set<String> known = ConcurrentHashMap.newKeySet();

        Names(int max) {
            this.max = max;
        }

        void admit(String name) {
            if (known.contains(name) || !SHAPE.matcher(name).matches()) {
                return;
            }
            synchronized (this) {
                if (known.size() < max) {
                    known.add(name);
                }
            }
        }

        /** Also where there are more than there may be now: their rows are there. */
        void restore(String name) {
            if (!name.isEmpty() && !name.equals(OTHER)) {
                known.add(name);
            }
        }

        String label(String name) {
            return known.contains(name) ? name : OTHER;
        }
    }
}
