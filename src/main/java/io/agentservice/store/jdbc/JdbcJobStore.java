package io.agentservice.store.jdbc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.job.Json;
import io.agentservice.job.Transition;
import io.agentservice.store.EventDraft;
import io.agentservice.store.EventPage;
import io.agentservice.store.JobFeed;
import io.agentservice.store.JobStore;
import io.agentservice.store.StaleTransitionException;
import io.smallrye.mutiny.Uni;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.sql.DataSource;

/** The job store in SQL. Recent jobs are kept in memory, written through at commit, so that polling costs no query. */
final class JdbcJobStore implements JobStore, AutoCloseable {

    private static final String FIND = "SELECT * FROM job WHERE id = ?";
    private static final String UNFINISHED =
            "SELECT * FROM job WHERE status IN ('queued', 'running', 'cancelling') ORDER BY created_at, key";

    private static final String STARTS =
            "SELECT agent, started_at FROM job WHERE started_at >= ? AND status <> 'queued' ORDER BY started_at";
    private static final String PROBE_READER = "SELECT key FROM job LIMIT 1";

    private final DataSource readers;
    private final GroupCommit writer;
    private final JobFeed feed;
    private final Clock clock;
    private final Room room;
    private final Integrity integrity;
    private final Cache<JobId, Job> recent;

    JdbcJobStore(DataSource readers, DataSource writer, JobFeed feed, Clock clock, long cacheBytes, Room room) {
        this.readers = readers;
        this.integrity = new Integrity(readers);
        this.writer = new GroupCommit(writer, integrity);
        this.room = room;
        this.feed = feed;
        this.clock = clock;
        this.recent = Caffeine.newBuilder()
                .maximumWeight(cacheBytes)
                .weigher((JobId id, Job job) -> weight(job))
                .build();
    }

    private static int weight(Job job) {
        int text = job.spec().prompt().length() + job.spec().metadata().text().length();
        int result = job.outcome()
                .flatMap(outcome -> outcome.resultLine().map(Json::text))
                .map(String::length)
                .orElse(0);
        return 512 + text + result;
    }

    @Override
    public Uni<Void> insert(Job job) {
        var first = List.of(EventDraft.of(JobEvent.Status.of(job)));
        return writer.write(
                connection -> {
                    room.require(0);
                    JobRows.insert(connection, job);
                    EventRows.append(connection, EventRows.position(connection, job.id()), first, clock.instant());
                    return null;
                },
                () -> remember(job));
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
        var events = List.of(EventDraft.of(transition.event()));
        EventRows.append(connection, EventRows.position(connection, job.id()), events, clock.instant());
        return job;
    }

    /** On the writer's thread, right after the commit: the order of commits is the order in memory. */
    private void remember(Job job) {
        recent.put(job.id(), job);
        feed.committed(job.id());
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
        Job known = recent.getIfPresent(id);
        return known != null ? Uni.createFrom().item(Optional.of(known)) : reading(() -> read(id));
    }

    private Optional<Job> read(JobId id) throws SQLException {
        try (var connection = readers.getConnection();
                var statement = connection.prepareStatement(FIND)) {
            statement.setString(1, id.value());
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                // A commit since this read has put a newer one there.
                return Optional.of(recent.get(id, missing -> read(row)));
            }
        }
    }

    private static Job read(ResultSet row) {
        try {
            return JobRows.read(row);
        } catch (SQLException e) {
            throw StoreFailures.translate(e);
        }
    }

    @Override
    public Uni<EventPage> events(JobId id, long after, long maxBytes) {
        return reading(() -> {
            try (var connection = readers.getConnection()) {
                return EventRows.page(connection, id, after, maxBytes);
            }
        });
    }

    @Override
    public Uni<List<Job>> unfinished() {
        return reading(() -> {
            try (var connection = readers.getConnection();
                    var statement = connection.prepareStatement(UNFINISHED);
                    var row = statement.executeQuery()) {
                List<Job> jobs = new ArrayList<>();
                while (row.next()) {
                    jobs.add(JobRows.read(row));
                }
                return jobs;
            }
        });
    }

    @Override
    public Uni<List<Start>> startsSince(Instant since) {
        return reading(() -> {
            try (var connection = readers.getConnection();
                    var statement = connection.prepareStatement(STARTS)) {
                statement.setLong(1, since.toEpochMilli());
                List<Start> starts = new ArrayList<>();
                try (var row = statement.executeQuery()) {
                    while (row.next()) {
                        starts.add(new Start(row.getString(1), Instant.ofEpochMilli(row.getLong(2))));
                    }
                }
                return starts;
            }
        });
    }

    @Override
    public Uni<Void> check() {
        return writer.write(this::probeWriting, () -> {})
                .chain(() -> reading(() -> {
                    try (var connection = readers.getConnection()) {
                        return probe(connection, PROBE_READER);
                    }
                }));
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

    /** Every read goes this way, so that damage shows which only a read meets. */
    private <T> Uni<T> reading(Callable<T> work) {
        return Blocking.call(work).onFailure().invoke(integrity::noticed);
    }

    @Override
    public void close() {
        writer.close();
    }
}
