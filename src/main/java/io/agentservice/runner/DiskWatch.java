package io.agentservice.runner;

import io.agentservice.workspace.WorkspaceConfig;
import io.agentservice.workspace.WorkspaceDisk;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Measures what running jobs use of the disk, and ends those that use more than they may. */
@Startup
@Singleton
public class DiskWatch {

    private static final Logger LOG = Logger.getLogger(DiskWatch.class);

    private final WorkspaceDisk disk;
    private final RunningJobs running;
    private final ScheduledFuture<?> tick;

    DiskWatch(WorkspaceDisk disk, RunningJobs running, WorkspaceConfig config, MeterRegistry registry) {
        this.disk = disk;
        this.running = running;
        long period = config.limits().measureEvery().toMillis();
        this.tick = Infrastructure.getDefaultWorkerPool()
                .scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
        Gauge.builder("claude_agent_workspace_bytes", disk::used)
                .description("What the folders of running jobs held when they were last measured")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("claude_agent_disk_free_bytes", disk::lastFree)
                .description("What is free on the disk of JOBS_DIR")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("claude_agent_disk_needed_bytes", disk::needed)
                .description("With less than this free on the disk of JOBS_DIR no job is taken")
                .baseUnit("bytes")
                .register(registry);
    }

    @PreDestroy
    void stop() {
        tick.cancel(false);
    }

    private void look() {
        try {
            disk.free();
            disk.measure().forEach(running::endForDisk);
        } catch (RuntimeException e) {
            LOG.error("the folders of running jobs could not be measured", e);
        }
    }
}
