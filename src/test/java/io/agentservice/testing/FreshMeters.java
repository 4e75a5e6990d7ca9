package io.agentservice.testing;

import io.micrometer.core.instrument.Metrics;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Tests start several services in one JVM: the gauges of one would go on showing for the next. */
@Singleton
public class FreshMeters {

    void clear(@Observes ShutdownEvent event) {
        Metrics.globalRegistry.clear();
    }
}
