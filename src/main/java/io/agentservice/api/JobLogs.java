package io.agentservice.api;

import io.agentservice.job.Job;
import io.agentservice.store.JobFeed;
import io.agentservice.store.JobStore;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerResponse;
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
    private final JobFeed feed;
    private final EventStreams streams;
    private final Clock clock;

    JobLogs(JobLookup jobs, JobStore store, JobFeed feed, EventStreams streams, Clock clock) {
        this.jobs = jobs;
        this.store = store;
        this.feed = feed;
        this.streams = streams;
        this.clock = clock;
    }

    /** Called on the event loop. */
    RestMulti<byte[]> of(String id, LogRequest log, HttpServerResponse response) {
        Uni<Job> job = log.asEvents() ? jobs.withMoreAfter(id, log.after()) : jobs.find(id);
        return streams.open(
                job.map(found -> request(found, log)), log.asEvents() ? EventStreams.HEADERS : HEADERS, response);
    }

    private StreamRequest request(Job job, LogRequest log) {
        var source = new FrameSource.OfJob(job.id(), store, feed);
        var selection = new Selection(log.follow() && !log.asEvents(), Map.of());
        return new StreamRequest(source, 0, selection, log.follow(), log.rendering(clock));
    }

    static Map<String, List<String>> headers(String type) {
        return Map.of(
                "Content-Type", List.of(type),
                "Cache-Control", List.of("no-store"),
                "X-Accel-Buffering", List.of("no"),
                "X-Content-Type-Options", List.of("nosniff"));
    }
}
