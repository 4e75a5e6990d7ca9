package io.agentservice.store.jdbc;

import io.agentservice.job.JobId;
import io.agentservice.store.Pruning;
import io.agentservice.store.StoreSize;
import io.smallrye.mutiny.Uni;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Removes jobs in the writer's groups, a bounded piece at a time: a job may have a million events. */
final class JdbcPruning implements Pruning {

    private static final int MAX_ROWS = 500;

    static final String ENDED =
            "SELECT id FROM job WHERE finished_at < ? AND removed_at IS NULL ORDER BY finished_at, key LIMIT ?";
    static final String BEGUN =
            "SELECT id FROM job WHERE removed_at IS NOT NULL AND removed_at >= ? ORDER BY removed_at, key LIMIT ?";
    private static final String MARK = """
            UPDATE job SET removed_at = ? WHERE id = ? AND removed_at IS NULL AND finished_at IS NOT NULL
                AND status IN ('completed', 'failed', 'timeout', 'cancelled')""";
    static final String FINISH = """
            DELETE FROM job WHERE id = ? AND removed_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM event WHERE job_key = job.key)""";

    private final Readers readers;
    private final GroupCommit writer;
    private final Consumer<JobId> removed;

    /** @param removed is told which jobs are gone, on the writer's thread */
    JdbcPruning(Readers readers, GroupCommit writer, Consumer<JobId> removed) {
        this.readers = readers;
        this.writer = writer;
        this.removed = removed;
    }

    @Override
    public Uni<List<JobId>> ended(Instant before, int max) {
        return readers.read(connection -> ids(connection, ENDED, before.toEpochMilli(), max));
    }

    @Override
    public Uni<List<JobId>> begun(int max) {
        return readers.read(connection -> ids(connection, BEGUN, Long.MIN_VALUE, max));
    }

    private static List<JobId> ids(Connection connection, String sql, long bound, int max) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setLong(1, bound);
            statement.setInt(2, max);
            List<JobId> ids = new ArrayList<>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    ids.add(new JobId(row.getString(1)));
                }
            }
            return ids;
        }
    }

    @Override
    public Uni<Void> begin(List<JobId> jobs, Instant at) {
        List<JobId> marked = new ArrayList<>();
        return writer.write(
                connection -> {
                    marked.clear();
                    for (JobId job : jobs) {
                        if (mark(connection, job, at)) {
                            RemovedRows.insert(connection, job, at);
                            marked.add(job);
                        }
                    }
                    return null;
                },
                () -> marked.forEach(removed));
    }

    private static boolean mark(Connection connection, JobId job, Instant at) throws SQLException {
        try (var statement = connection.prepareStatement(MARK)) {
            statement.setLong(1, at.toEpochMilli());
            statement.setString(2, job.value());
            return statement.executeUpdate() == 1;
        }
    }

    @Override
    public Uni<List<JobId>> removeEvents(List<JobId> jobs) {
        return writer.write(connection -> new EventRemoval(connection).of(jobs), () -> {});
    }

    @Override
    public Uni<Void> finish(List<JobId> jobs) {
        return writer.write(
                connection -> {
                    try (var statement = connection.prepareStatement(FINISH)) {
                        for (JobId job : jobs) {
                            statement.setString(1, job.value());
                            statement.addBatch();
                        }
                        statement.executeBatch();
                        return null;
                    }
                },
                () -> {});
    }

    @Override
    public Uni<Boolean> forgetKeys(Instant before) {
        return forget(
                connection -> KeyRows.anySpent(connection, before),
                connection -> KeyRows.removeSpent(connection, before, MAX_ROWS));
    }

    @Override
    public Uni<Boolean> forgetRemoved(Instant before) {
        return forget(
                connection -> RemovedRows.any(connection, before),
                connection -> RemovedRows.forget(connection, before, MAX_ROWS));
    }

    /** Looks first: a service that has nothing to do writes nothing. */
    private Uni<Boolean> forget(Readers.Query<Boolean> any, GroupCommit.Write<Integer> some) {
        return readers.read(any)
                .chain(present -> present
                        ? writer.write(some, () -> {})
                        : Uni.createFrom().item(0))
                .map(count -> count == MAX_ROWS);
    }

    @Override
    public Uni<StoreSize> size() {
        return readers.read(StoreSpace::size);
    }

    @Override
    public Uni<Long> giveBack() {
        return writer.write(StoreSpace::giveBack, () -> {});
    }

    @Override
    public Uni<Void> shortenLog() {
        return readers.read(connection -> {
            StoreSpace.shortenLog(connection);
            return null;
        });
    }
}
