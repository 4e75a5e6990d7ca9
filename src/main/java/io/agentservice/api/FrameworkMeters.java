package io.agentservice.api;

import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Set;

/** Leaves out meters of the framework whose names are not after Prometheus' conventions. */
final class FrameworkMeters {

    private static final Set<String> ODD = Set.of("system.cpu.count", "process.cpu.time");

    private FrameworkMeters() {}

    @Produces
    @Singleton
    static MeterFilter withoutOddOnes() {
        return MeterFilter.deny(id -> ODD.contains(id.getName()));
    }
}
