package io.agentservice.store.jdbc;

import io.agentservice.job.Allowance;
import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.job.Submitter;
import io.agentservice.job.Transition;
import io.agentservice.store.AuditEntry;
import io.agentservice.store.AuditLog;
import io.agentservice.store.EventDraft;
import io.agentservice.store.EventPage;
import io.agentservice.store.JobFeed;
import io.agentservice.store.JobPage;
import io.agentservice.store.JobQuery;
import io.agentservice.store.JobStore;
import io.agentservice.store.LedgerEntry;
import io.agentservice.store.LinePage;
import io.agentservice.store.Pruning;
import io.agentservice.store.RequestKey;
import io.agentservice.store.RunRecord;
import io.agentservice.store.StaleTransitionException;
import io.agentservice.store.StatusChangePage;
import io.smallrye.mutiny.Uni;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/** The job store in SQL. Recent jobs are kept in memory, written through at commit, so that polling costs no query. */
final class JdbcJobStore implements JobStore, AutoCloseable {

    private static final String PROBE_READER = "SELECT key FROM job LIMIT 1";

    private final Readers readers;
    private final GroupCommit writer;
    private final JobFeed feed;
    private final Clock clock;
    private final RecentJobs recent;
    private final AuditLog audit;
    private final Pruning pruning;
    private final Room room;

    JdbcJobStore(DataSource readers, DataSource writer, JobFeed feed, Clock clock, long cacheBytes, Room room) {
        var integrity = new Integrity(readers);
        this.readers = new Readers(readers, integrity);
        this.writer = new GroupCommit(writer, integrity);
        this.room = room;
        this.feed = feed;
        this.clock = clock;
        this.recent = new RecentJobs(cacheBytes);
        this.audit = new JdbcAuditLog(this.readers, this.writer);
        this.pruning = new JdbcPruning(this.readers, this.writer, this::forget);
    }

    @Override
    public Uni<Void> insert(Job job, Allowance allowance) {
        return writer.write(connection -> insert(connection, job, allowance), () -> remember(job));
    }

    private Void insert(Connection connection, Job job, Allowance allowance) throws SQLException {
        room.require(0);
        AllowanceRows.require(connection, job, allowance);
        AuditRows.insert(connection, submitted(job));
        var first = List.of(EventDraft.of(JobEvent.Status.of(job)));
        JobRows.insert(connection, job);
        EventRows.Position position = EventRows.position(connection, job.id());
        MetadataRows.insert(connection, position.jobKey(), job);
        long sequence = EventRows.append(connection, position, first, clock.instant());
        StatusChangeRows.append(connection, position.jobKey(), sequence);
        return null;
    }

    private static AuditEntry submitted(Job job) {
        return AuditEntry.ofJob(
                job.progress().createdAt(),
                job.submitter().name(),
                AuditEntry.Action.SUBMITTED,
                job.id(),
                Map.of("agent", job.spec().agent()));
    }

    @Override
    public Uni<Void> insert(Job job, RequestKey key, Allowance allowance) {
        var insertion = new KeyedInsertion(job, key);
        return writer.write(
                        connection -> insertion.take(connection) ? insert(connection, job, allowance) : null,
                        () -> insertion.ifTaken(() -> remember(job)))
                .invoke(insertion::check);
    }

    @Override
    public Uni<Optional<RequestKey.Use>> keyUse(RequestKey key) {
        return readers.read(connection -> KeyRows.find(connection, key));
    }

    @Override
    public Uni<Job> apply(Transition transition) {
        Job job = transition.job();
        return writer.write(connection -> step(connection, transition), () -> remember(job));
    }

    private Job step(Connection connection, Transition transition) throws SQLException {
        Job job = transition.job();
        if (!JobRows.update(connection, job, transition.from().progress().version())) {
            recent.invalidate(job.id());
            throw new StaleTransitionException(transition);
        }
        if (transition.cost().isPresent()) {
            LedgerRows.book(connection, transition.from(), transition.cost().get(), clock.instant());
        }
        var events = List.of(EventDraft.of(transition.event()));
        EventRows.Position position = EventRows.position(connection, job.id());
        long sequence = EventRows.append(connection, position, events, clock.instant());
        StatusChangeRows.append(connection, position.jobKey(), sequence);
        return job;
    }

    /** On the writer's thread, right after the commit: the order of commits is the order in memory. */
    private void remember(Job job) {
        recent.put(job);
        feed.stepped(job.id());
    }

    @Override
    public Uni<Long> append(JobId id, List<EventDraft> events) {
        return writer.write(
                connection -> {
                    EventRows.Position position = EventRows.position(connection, id);
                    if (position.status().isFinal()) {
                        throw new IllegalStateException("nothing follows the final status of a job");
                    }
                    return EventRows.append(connection, position, events, clock.instant());
                },
                () -> feed.committed(id));
    }

    @Override
    public Uni<Optional<Job>> find(JobId id) {
        Optional<Job> known = recent.get(id);
        return known.isPresent()
                ? Uni.createFrom().item(known)
                : readers.read(connection -> recent.read(connection, id));
    }

    @Override
    public Uni<Optional<Instant>> removedAt(JobId id) {
        return readers.read(connection -> RemovedRows.find(connection, id));
    }

    @Override
    public Uni<Optional<Instant>> removedAt(JobId id, Submitter submitter) {
        return readers.read(connection -> RemovedRows.find(connection, id, submitter));
    }

    @Override
    public Uni<EventPage> events(JobId id, long after, long maxBytes) {
        return readers.read(connection -> EventRows.page(connection, id, after, maxBytes));
    }

    @Override
    public Uni<StatusChangePage> statusChanges(long after, long maxBytes) {
        return readers.read(connection -> StatusChangeRows.page(connection, after, maxBytes));
    }

    @Override
    public Uni<Long> lastStatusChange() {
        return readers.read(StatusChangeRows::last);
    }

    @Override
    public Uni<LinePage> lines(JobId id, long after, long maxBytes) {
        return readers.read(connection -> LineRows.page(connection, id, after, maxBytes));
    }

    @Override
    public Uni<RunRecord> lastRun(JobId id) {
        return readers.read(connection -> EventRows.lastRun(connection, id));
    }

    @Override
    public Uni<List<LedgerEntry>> ledger(JobId id) {
        return readers.read(connection -> LedgerRows.of(connection, id));
    }

    @Override
    public Uni<JobPage> list(JobQuery query) {
        return readers.read(new JobListing(query)::read);
    }

    @Override
    public Uni<List<Job>> unfinished() {
        return readers.read(JobRows::unfinished);
    }

    @Override
    public Uni<List<Start>> startsSince(Instant since) {
        return readers.read(connection -> JobRows.startsSince(connection, since));
    }

    @Override
    public AuditLog audit() {
        return audit;
    }

    @Override
    public Pruning pruning() {
        return pruning;
    }

    private void forget(JobId id) {
        recent.invalidate(id);
        feed.stepped(id);
    }

    @Override
    public Uni<Void> check() {
        return writer.write(this::probeWriting, () -> {})
                .chain(() -> readers.read(connection -> probe(connection, PROBE_READER)));
    }

    private Void probeWriting(Connection connection) throws SQLException {
        room.require(0);
        return StoreFile.rewriteFirstPage(connection);
    }

    private static Void probe(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
            return null;
        }
    }

    @Override
    public void close() {
        writer.close();
    }
}
