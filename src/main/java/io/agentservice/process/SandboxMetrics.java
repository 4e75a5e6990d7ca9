package io.agentservice.process;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.Map;

/** Which sandboxes work here, what was started in them, and what had to be ended. */
@Startup
@Singleton
public class SandboxMetrics {

    private final Map<Sandbox, Counter> started = new EnumMap<>(Sandbox.class);
    private final Counter bySandbox;
    private final Counter bySweep;
    private final Counter byRecovery;

    SandboxMetrics(MeterRegistry registry, Sandboxes sandboxes) {
        for (Sandbox sandbox : Sandbox.values()) {
            Gauge.builder(
                            "claude_agent_sandbox_available",
                            () -> sandboxes.available().contains(sandbox) ? 1 : 0)
                    .description("1 if the sandbox works on this machine, as found at start")
                    .tag("sandbox", sandbox.wireName())
                    .register(registry);
            Gauge.builder("claude_agent_sandbox_default", () -> sandboxes.best() == sandbox ? 1 : 0)
                    .description("1 for the sandbox that agents get unless their policy names one")
                    .tag("sandbox", sandbox.wireName())
                    .register(registry);
            started.put(
                    sandbox,
                    Counter.builder("claude_agent_processes_started")
                            .description("CLIs that were started")
                            .tag("sandbox", sandbox.wireName())
                            .register(registry));
        }
        this.bySandbox = ended(registry, "sandbox");
        this.bySweep = ended(registry, "sweep");
        this.byRecovery = ended(registry, "recovery");
    }

    private static Counter ended(MeterRegistry registry, String by) {
        return Counter.builder("claude_agent_processes_ended")
                .description("Processes of agents that did not end by themselves")
                .tag("by", by)
                .register(registry);
    }

    public void started(Sandbox sandbox) {
        started.get(sandbox).increment();
    }

    /**
     * Counts what a run left behind.
     *
     * @param takenAlong what the kernel ended with the run's first process
     */
    public void ended(int swept, int takenAlong) {
        bySweep.increment(swept);
        bySandbox.increment(takenAlong);
    }

    /** Counts what an earlier life of the service left behind. */
    public void recovered(int processes) {
        byRecovery.increment(processes);
    }
}
