package io.agentservice.store.jdbc;

import io.agentservice.store.StoreException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * The one writer: takes every write that waits and commits them together, so that one wait for the disk serves many.
 * A write that fails leaves no trace and does not harm its neighbours. Where the store itself fails, all of the group
 * fail, and the next one gets a new connection: an old one may remember what is over, such as a read-only file system.
 */
final class GroupCommit implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(GroupCommit.class);
    private static final int MAX_GROUP = 512;

    private final DataSource dataSource;
    private final Integrity integrity;
    private final CommitMetrics metrics;
    private final BlockingQueue<Entry<?>> waiting = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "store-writer");
    private volatile boolean stopping;
    private Connection connection;

    GroupCommit(DataSource dataSource, Integrity integrity, CommitMetrics metrics) {
        this.dataSource = dataSource;
        this.integrity = integrity;
        this.metrics = metrics;
        metrics.watch(waiting);
        thread.setDaemon(true);
        thread.start();
    }

    /** Part of a transaction. Runs on the writer's thread. */
    @FunctionalInterface
    interface Write<T> {
        T run(Connection connection) throws SQLException;
    }

    private final class Entry<T> {
        private final Write<T> write;
        private final Runnable committed;
        private final CompletableFuture<T> done = new CompletableFuture<>();
        private T value;

        Entry(Write<T> write, Runnable committed) {
            this.write = write;
            this.committed = committed;
        }

        boolean runIn(Connection open) throws SQLException {
            execute(open, "SAVEPOINT entry");
            try {
                value = write.run(open);
                execute(open, "RELEASE entry");
                return true;
            } catch (SQLException e) {
                if (StoreFailures.kindOf(e) != StoreException.Kind.OTHER) {
                    throw e;
                }
                return undo(open, e);
            } catch (RuntimeException e) {
                return undo(open, e);
            }
        }

        private boolean undo(Connection open, Exception cause) throws SQLException {
            execute(open, "ROLLBACK TO entry");
            execute(open, "RELEASE entry");
            fail(cause);
            return false;
        }

        void succeed() {
            try {
                committed.run();
            } finally {
                done.complete(value);
            }
        }

        void fail(Throwable e) {
            done.completeExceptionally(e instanceof RuntimeException ? e : StoreFailures.translate(e));
        }
    }

    /**
     * Runs a write in the next group.
     *
     * @param committed runs on the writer's thread after the commit and before the {@code Uni} completes; short
     */
    <T> Uni<T> write(Write<T> write, Runnable committed) {
        return Uni.createFrom()
                .completionStage(() -> {
                    var entry = new Entry<>(write, committed);
                    waiting.add(entry);
                    return entry.done;
                })
                .emitOn(Infrastructure.getDefaultWorkerPool());
    }

    private void run() {
        List<Entry<?>> group = new ArrayList<>();
        while (!stopping || !waiting.isEmpty()) {
            try {
                group.add(waiting.take());
                waiting.drainTo(group, MAX_GROUP - 1);
                commit(group);
            } catch (InterruptedException stop) {
                // close() wants the loop to look at its condition.
            }
            group.clear();
        }
        disconnect();
    }

    private void commit(List<Entry<?>> group) {
        List<Entry<?>> written = new ArrayList<>();
        long begin = System.nanoTime();
        try {
            integrity.require();
            Connection open = connected();
            execute(open, "BEGIN IMMEDIATE");
            for (Entry<?> entry : group) {
                if (entry.runIn(open)) {
                    written.add(entry);
                }
            }
            execute(open, "COMMIT");
            metrics.committed(written.size(), System.nanoTime() - begin);
        } catch (Throwable e) {
            // Also an error: without this thread nothing would be written any more, and nobody told.
            disconnect();
            integrity.noticed(e);
            metrics.failed(StoreFailures.kindOf(e));
            group.forEach(entry -> entry.fail(e));
            return;
        }
        written.forEach(GroupCommit::announce);
    }

    /**
     * The driver's own {@code commit()} begins the next transaction at once: an idle writer would hold the lock, and a
     * lock that it does not get then would look as if the commit had failed.
     */
    private static void execute(Connection open, String sql) throws SQLException {
        try (var statement = open.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void announce(Entry<?> entry) {
        try {
            entry.succeed();
        } catch (RuntimeException e) {
            LOG.error("a commit could not be announced", e);
        }
    }

    private Connection connected() throws SQLException {
        if (connection == null) {
            connection = dataSource.getConnection();
        }
        return connection;
    }

    private void disconnect() {
        try (Connection closing = connection) {
            if (closing != null) {
                execute(closing, "ROLLBACK");
            }
        } catch (SQLException alreadyBroken) {
            // Or nothing was begun. It is thrown away; the next group opens a new one.
        } finally {
            connection = null;
        }
    }

    /** Commits what waits and stops. */
    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
