package io.agentservice.runner;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.job.JobId;
import io.agentservice.store.JobFeed;
import io.agentservice.store.Labels;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;

/** The metrics of what is recorded, for tests. */
final class Ingest {

    private Ingest() {}

    /** Of a run that nobody counts. */
    static IngestMetrics.OfRun of(JobId job) {
        return metrics(new SimpleMeterRegistry(), new JobFeed(), Clock.systemUTC())
                .of(job, "helper");
    }

    static IngestMetrics metrics(MeterRegistry registry, JobFeed feed, Clock clock) {
        var labels = new Labels(100, 20);
        var runs = new RunMetrics(registry, feed, labels, clock);
        runs.start();
        var json = new ObjectMapper();
        return new IngestMetrics(registry, runs, new UsageLimits(registry, json, clock), labels, json);
    }
}
