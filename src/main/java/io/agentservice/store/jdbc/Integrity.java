package io.agentservice.store.jdbc;

import io.agentservice.store.StoreException;
import io.agentservice.store.StoreException.Kind;
import io.agroal.api.AgroalDataSource;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Whether the file has shown itself to be damaged. From then on nothing is written, since that could do more damage,
 * until a look at the whole file finds nothing wrong.
 */
final class Integrity {

    private static final Logger LOG = Logger.getLogger(Integrity.class);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    private final DataSource readers;
    /** Holds what showed it; null while the file is well. */
    private final AtomicReference<StoreException> damage = new AtomicReference<>();

    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile long lookedAt = System.nanoTime() - BETWEEN_LOOKS.toNanos();

    Integrity(DataSource readers) {
        this.readers = readers;
    }

    /** Takes note of a failure, if it is of that kind. */
    void noticed(Throwable failure) {
        if (StoreFailures.kindOf(failure) == Kind.CORRUPT
                && damage.compareAndSet(null, StoreFailures.translate(failure))) {
            LOG.errorf("nothing is written any more: %s", failure.getMessage());
        }
    }

    /** @throws StoreException if the file is damaged; whether it still is, a later call knows */
    void require() {
        StoreException known = damage.get();
        if (known != null) {
            Infrastructure.getDefaultWorkerPool().execute(this::lookAgain);
            throw new StoreException(Kind.CORRUPT, detail(known), known);
        }
    }

    private static String detail(StoreException known) {
        return known.getCause() == null ? "" : String.valueOf(known.getCause().getMessage());
    }

    /** Reads the whole file, which takes seconds per gigabyte: one look at a time, and not at once again. Blocks. */
    private void lookAgain() {
        if (!looking.compareAndSet(false, true)) {
            return;
        }
        try {
            if (damage.get() != null && System.nanoTime() - lookedAt >= BETWEEN_LOOKS.toNanos()) {
                look();
                lookedAt = System.nanoTime();
            }
        } finally {
            looking.set(false);
        }
    }

    private void look() {
        renewConnections();
        try (var connection = readers.getConnection()) {
            inspect(connection, "PRAGMA integrity_check(1)");
            damage.set(null);
            LOG.info("the file of the job store is whole again");
        } catch (SQLException | StoreException stillDamaged) {
            LOG.debug("the file of the job store is still damaged", stillDamaged);
        }
    }

    /** Connections remember pages that they have read. */
    private void renewConnections() {
        if (readers instanceof AgroalDataSource pool) {
            pool.flush(AgroalDataSource.FlushMode.GRACEFUL);
        }
    }

    /** @throws StoreException with the first thing that is wrong */
    static void inspect(Connection connection, String pragma) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(pragma)) {
            if (row.next() && !"ok".equals(row.getString(1))) {
                throw new StoreException(
                        Kind.CORRUPT, row.getString(1).lines().findFirst().orElse(""));
            }
        }
    }
}
