package io.agentservice.api;

import io.agentservice.job.Job;
import io.agentservice.store.JobStore;
import io.smallrye.mutiny.Multi;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jboss.resteasy.reactive.RestMulti;

/** Runs as text. Apart from the resources: an interceptor around a method turns its {@code RestMulti} into another. */
@Singleton
class JobLogs {

    private static final Map<String, List<String>> HEADERS = headers("text/plain;charset=UTF-8");

    private final JobLookup jobs;
    private final JobStore store;
    private final EventTails tails;
    private final Clock clock;

    JobLogs(JobLookup jobs, JobStore store, EventTails tails, Clock clock) {
        this.jobs = jobs;
        this.store = store;
        this.tails = tails;
        this.clock = clock;
    }

    /** Called on the event loop. */
    RestMulti<byte[]> of(String id, LogRequest log) {
        Context context = Vertx.currentContext();
        return RestMulti.fromUniResponse(jobs.find(id), job -> stream(job, log, context), job -> HEADERS, job -> 200);
    }

    private Multi<byte[]> stream(Job job, LogRequest log, Context context) {
        var request = new EventStream.Request(job.id(), 0, log.follow(), log.follow(), log.rendering(clock));
        return Multi.createFrom().publisher(new EventStream(request, store, tails, context));
    }

    static Map<String, List<String>> headers(String type) {
        return Map.of(
                "Content-Type", List.of(type),
                "Cache-Control", List.of("no-store"),
                "X-Accel-Buffering", List.of("no"),
                "X-Content-Type-Options", List.of("nosniff"));
    }
}
