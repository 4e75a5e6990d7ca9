package io.agentservice.store.jdbc;

import io.agentservice.store.StoreException;
import io.agentservice.store.StoreException.Kind;
import io.agroal.api.AgroalDataSource;
import java.sql.Connection;
import java.sql.SQLException;
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

    private final DataSource readers;
    /** Holds what showed it; null while the file is well. */
    private final AtomicReference<StoreException> damage = new AtomicReference<>();

    private final AtomicBoolean looking = new AtomicBoolean();

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

    /** @throws StoreException if the file is damaged */
    void require() {
        StoreException known = damage.get();
        if (known != null) {
            throw new StoreException(Kind.CORRUPT, detail(known), known);
        }
    }

    private static String detail(StoreException known) {
        return known.getCause() == null ? "" : String.valueOf(known.getCause().getMessage());
    }

    boolean isDamaged() {
        return damage.get() != null;
    }

    /** Reads the whole file, which takes seconds per gigabyte; one look at a time. Blocks. */
    void lookAgain() {
        if (!looking.compareAndSet(false, true)) {
            return;
        }
        renewConnections();
        try (var connection = readers.getConnection()) {
            inspect(connection, "PRAGMA integrity_check(1)");
            damage.set(null);
            LOG.info("the file of the job store is whole again");
        } catch (SQLException | StoreException stillDamaged) {
            LOG.debug("the file of the job store is still damaged", stillDamaged);
        } finally {
            looking.set(false);
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
