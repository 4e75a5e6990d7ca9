package io.agentservice.runner;

import io.agentservice.job.Allowance;
import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.job.Submitter;
import io.agentservice.job.Transition;
import io.agentservice.store.AuditLog;
import io.agentservice.store.EventDraft;
import io.agentservice.store.EventPage;
import io.agentservice.store.JobPage;
import io.agentservice.store.JobQuery;
import io.agentservice.store.JobStore;
import io.agentservice.store.LedgerEntry;
import io.agentservice.store.LinePage;
import io.agentservice.store.Pruning;
import io.agentservice.store.RequestKey;
import io.agentservice.store.RunRecord;
import io.agentservice.store.StatusChangePage;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Remembers the events of one job, and fails when a test wants it to. */
final class MemoryStore implements JobStore {

    private final List<EventDraft> drafts = new ArrayList<>();
    private final Deque<RuntimeException> failures = new ArrayDeque<>();
    private Optional<RuntimeException> broken = Optional.empty();
    private int appends;

    /** The next append fails so. */
    synchronized void failOnce(RuntimeException failure) {
        failures.add(failure);
    }

    /** Every append fails so. */
    synchronized void breakWith(RuntimeException failure) {
        broken = Optional.of(failure);
    }

    @Override
    public Uni<Long> append(JobId id, List<EventDraft> events) {
        return Uni.createFrom().item(() -> append(events));
    }

    private synchronized long append(List<EventDraft> events) {
        appends++;
        broken.ifPresent(failure -> {
            throw failure;
        });
        if (!failures.isEmpty()) {
            throw failures.remove();
        }
        drafts.addAll(events);
        return drafts.size();
    }

    synchronized List<EventDraft> drafts() {
        return List.copyOf(drafts);
    }

    synchronized List<JobEvent> events() {
        return drafts.stream().map(EventDraft::event).toList();
    }

    synchronized int appends() {
        return appends;
    }

    @Override
    public Uni<Void> insert(Job job, Allowance allowance) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Void> insert(Job job, RequestKey key, Allowance allowance) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Optional<RequestKey.Use>> keyUse(RequestKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Optional<Instant>> removedAt(JobId id, Submitter submitter) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Optional<Instant>> removedAt(JobId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Job> apply(Transition transition) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Optional<Job>> find(JobId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<LinePage> lines(JobId id, long after, long maxBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<EventPage> events(JobId id, long after, long maxBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<StatusChangePage> statusChanges(long after, long maxBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Long> lastStatusChange() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<RunRecord> lastRun(JobId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<List<LedgerEntry>> ledger(JobId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<JobPage> list(JobQuery query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<List<Job>> unfinished() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<List<Start>> startsSince(Instant since) {
        throw new UnsupportedOperationException();
    }

    @Override
    public AuditLog audit() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Pruning pruning() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Void> check() {
        throw new UnsupportedOperationException();
    }
}
