package io.agentservice.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.agentservice.access.AccessConfig;
import io.agentservice.access.Grant;
import io.agentservice.access.Refusals;
import io.agentservice.access.TokenBook;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.store.AuditEntry;
import io.agentservice.store.AuditEntry.Action;
import io.agentservice.store.AuditLog;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.Startup;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Notes what callers did. A note does not hold up what it is about; one that cannot be stored is in the service's log.
 */
@Startup
@Singleton
final class AuditTrail {

    private static final Logger LOG = Logger.getLogger(AuditTrail.class);
    private static final Duration ONCE_IN = Duration.ofHours(1);
    private static final int MAX_REMEMBERED = 10_000;

    private final AuditLog log;
    private final Clock clock;
    private final Refusals refusals;
    /** Polling is one reading. */
    private final Cache<Reading, Boolean> readings = Caffeine.newBuilder()
            .maximumSize(MAX_REMEMBERED)
            .expireAfterWrite(ONCE_IN)
            .build();

    private final Cache<String, Boolean> auditReadings = Caffeine.newBuilder()
            .maximumSize(MAX_REMEMBERED)
            .expireAfterWrite(ONCE_IN)
            .build();

    AuditTrail(AuditLog log, Clock clock, TokenBook book, Refusals refusals, Vertx vertx, AccessConfig config) {
        this.log = log;
        this.clock = clock;
        this.refusals = refusals;
        book.onChange(this::tokensChanged);
        vertx.setPeriodic(config.refusalsInterval().toMillis(), tick -> reportRefusals());
    }

    private record Reading(String who, JobId job) {}

    /** Somebody sees a job; it is noted if it is another's. */
    void read(Grant by, Job job) {
        boolean own = job.submitter().equals(by.submitter());
        if (!own && readings.asMap().putIfAbsent(new Reading(by.name(), job.id()), true) == null) {
            note(by.name(), Action.READ, Optional.of(job.id()), submitter(job));
        }
    }

    void workspaceDeleted(Grant by, Job job) {
        boolean own = job.submitter().equals(by.submitter());
        note(by.name(), Action.WORKSPACE_DELETED, Optional.of(job.id()), own ? Map.of() : submitter(job));
    }

    void backupTaken(Grant by, Path file) {
        note(
                by.name(),
                Action.BACKUP_TAKEN,
                Optional.empty(),
                Map.of("file", file.getFileName().toString()));
    }

    void auditRead(Grant by) {
        if (auditReadings.asMap().putIfAbsent(by.name(), true) == null) {
            note(by.name(), Action.AUDIT_READ, Optional.empty(), Map.of());
        }
    }

    /** Adds up those who were refused: an attacker writes no more rows than this does. */
    void reportRefusals() {
        refusals.takeUnreported()
                .forEach((refused, count) -> note(
                        refused.who(),
                        Action.REFUSED,
                        Optional.empty(),
                        Map.of(
                                "address", refused.address(),
                                "reason", refused.reason().wireName(),
                                "count", Long.toString(count))));
    }

    /** Before the store closes. */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        reportRefusals();
    }

    private void tokensChanged(TokenBook.Change change) {
        var details = Map.of("source", change.source(), "names", String.join(",", change.names()));
        note(AuditEntry.SERVICE, Action.TOKENS_CHANGED, Optional.empty(), details);
    }

    private static Map<String, String> submitter(Job job) {
        return Map.of("submitter", job.submitter().name());
    }

    private void note(String who, Action action, Optional<JobId> job, Map<String, String> details) {
        log.append(new AuditEntry(clock.instant(), who, action, job, details))
                .subscribe()
                .with(
                        done -> {},
                        failure -> LOG.errorf(
                                "what was done is not in the audit log who=%s action=%s jobId=%s %s: %s",
                                who,
                                action.wireName(),
                                job.map(JobId::value).orElse("-"),
                                details,
                                failure.getMessage()));
    }
}
