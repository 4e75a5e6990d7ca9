package io.agentservice.store.jdbc;

import io.agentservice.store.Labels;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import javax.sql.DataSource;

/** The ways into a store, for tests. */
final class StoreDoors {

    static final TotalRows TOTALS = new TotalRows(labels("issue-responder", "reader"));

    private StoreDoors() {}

    static Doors of(DataSource readers, DataSource writer) {
        return Doors.open(readers, writer, new CommitMetrics(new SimpleMeterRegistry()));
    }

    static Labels labels(String... agents) {
        var labels = new Labels(100, 20);
        for (String agent : agents) {
            labels.admitAgent(agent);
        }
        return labels;
    }
}
