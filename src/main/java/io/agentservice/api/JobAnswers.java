package io.agentservice.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.agentservice.queue.JobQueue;
import io.agentservice.queue.Waiting;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** The answers that show a job: its JSON, the tag of that, and when to ask again. */
// How Caffeine calls a cache that weighs: it finds the class by name, which a native executable has to be told.
@RegisterForReflection(classNames = "com.github.benmanes.caffeine.cache.SSMW")
@Singleton
class JobAnswers {

    /** Longer results are not parsed on the event loop. */
    static final int LARGE_CHARS = 64 * 1024;

    private static final long CACHE_BYTES = 32L << 20;

    private final JobQueue queue;
    private final StatusNames names;
    private final Clock clock;
    private final Cache<Version, byte[]> encoded = Caffeine.newBuilder()
            .maximumWeight(CACHE_BYTES)
            .weigher((Version version, byte[] body) -> 128 + body.length)
            .build();

    JobAnswers(JobQueue queue, StatusNames names, Clock clock) {
        this.queue = queue;
        this.names = names;
        this.clock = clock;
    }

    /** One state of one job: what it looks like never changes. */
    private record Version(JobId id, long number) {}

    /** The answer to a job that was taken in. No signature names it, so a native executable has to be told. */
    @RegisterForReflection(targets = {Accepted.class, Links.class})
    record Accepted(String job_id, String status, Links links) {}

    /** The job by itself, or 304 if the caller has it already. */
    Uni<Response> whole(Job job, KnownVersions known) {
        Optional<Waiting> place = place(job);
        String tag = tag(job, place);
        if (known.include(tag)) {
            return Uni.createFrom()
                    .item(withHead(Response.notModified(), job, place, tag).build());
        }
        if (hasLargeResult(job)) {
            return Uni.createFrom()
                    .item(() -> shown(job, place, tag))
                    .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
        }
        return Uni.createFrom().item(shown(job, place, tag));
    }

    private Response shown(Job job, Optional<Waiting> place, String tag) {
        return withHead(Response.ok(encode(job, place)), job, place, tag).build();
    }

    /** Changes with all that its JSON shows: with each step, and where it stands in the line. */
    String tag(Job job) {
        return tag(job, place(job));
    }

    private static String tag(Job job, Optional<Waiting> place) {
        var tag = new StringBuilder("\"").append(job.progress().version());
        // A store that was restored from a backup counts again from there: the time tells two ends apart.
        job.progress().finishedAt().ifPresent(at -> tag.append('-').append(at.toEpochMilli()));
        place.ifPresent(at -> {
            tag.append('-').append(at.position()).append('-').append(at.reason().wireName());
            at.until()
                    .map(Instant::toEpochMilli)
                    .ifPresent(millis -> tag.append('-').append(millis));
        });
        return tag.append('"').toString();
    }

    private Response.ResponseBuilder withHead(
            Response.ResponseBuilder response, Job job, Optional<Waiting> place, String tag) {
        response.header("ETag", tag).header("Cache-Control", "no-store");
        return job.status().isFinal() ? response : response.header("Retry-After", retryAfter(job, place));
    }

    static boolean hasLargeResult(Job job) {
        return job.outcome()
                .flatMap(Outcome::resultLine)
                .filter(line -> line.text().length() > LARGE_CHARS)
                .isPresent();
    }

    /** A place in the line changes without a new version, so what waits is encoded afresh. */
    private byte[] encode(Job job, Optional<Waiting> place) {
        String status = names.of(job.status());
        return job.status() == JobStatus.QUEUED
                ? JobJson.encode(job, status, place)
                : encoded.get(
                        new Version(job.id(), job.progress().version()),
                        version -> JobJson.encode(job, status, Optional.empty()));
    }

    /** The job was taken in, or a cancel of it was. */
    Response.ResponseBuilder accepted(Job job) {
        var links = Links.of(job.id());
        return Response.accepted(new Accepted(job.id().value(), names.of(job.status()), links))
                .location(URI.create(links.self()))
                .header("Retry-After", retryAfter(job));
    }

    String statusName(Job job) {
        return names.of(job.status());
    }

    long retryAfter(Job job) {
        return retryAfter(job, place(job));
    }

    private long retryAfter(Job job, Optional<Waiting> place) {
        return RetryAfter.seconds(job, place, clock.instant());
    }

    private Optional<Waiting> place(Job job) {
        return job.status() == JobStatus.QUEUED ? queue.place(job.id()) : Optional.empty();
    }
}
