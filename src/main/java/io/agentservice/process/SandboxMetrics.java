package io.agentservice.process;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;

/** Which sandboxes work here, and how many processes had to be swept up. */
@Startup
@Singleton
public class SandboxMetrics {

    private final Counter swept;

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
        }
        swept = Counter.builder("claude_agent_processes_swept")
                .description("Processes that outlived their run's first process and were ended by a sweep")
                .register(registry);
    }

    /** Counts what a run left behind. */
    public void swept(int processes) {
        swept.increment(processes);
    }
}
