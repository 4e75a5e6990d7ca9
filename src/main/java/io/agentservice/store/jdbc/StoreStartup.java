package io.agentservice.store.jdbc;

import io.agentservice.store.AuditLog;
import io.agentservice.store.JobFeed;
import io.agentservice.store.JobStore;
import io.agentservice.store.StartRefusal;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import io.quarkus.flyway.FlywayDataSource;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;

/** Opens the store: takes it for this service, makes or checks the file, brings its schema up to date. */
@Singleton
final class StoreStartup {

    private static final Logger LOG = Logger.getLogger(StoreStartup.class);

    private final StoreConfig config;
    private final Clock clock;
    private Optional<StoreLock> lock = Optional.empty();

    StoreStartup(StoreConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    @Produces
    @Singleton
    JobStore open(
            @DataSource("reader") AgroalDataSource readers,
            @DataSource("writer") AgroalDataSource writer,
            @FlywayDataSource("writer") Flyway flyway,
            JobFeed feed) {
        try {
            Path folder = prepare();
            Schema.migrate(flyway);
            var room = new Room(folder, config.reserveBytes());
            return new JdbcJobStore(readers, writer, feed, clock, config.cacheBytes(), room);
        } catch (IOException | SQLException | RuntimeException e) {
            unlock();
            throw StartRefusal.because(StoreFailures.translate(e));
        }
    }

    @Produces
    @Singleton
    AuditLog audit(JobStore store) {
        return store.audit();
    }

    /** Before everything else at start: who does not hold the lock must not touch the folder, checkouts included. */
    void first(@Observes @Priority(1) StartupEvent event, JobStore opened) {
        LOG.debugf("the store is open: %s", opened);
    }

    /** Before anything is changed, the store is this service's alone. */
    private Path prepare() throws IOException, SQLException {
        Path file = config.file();
        StoreFile.makeFolder(file);
        Path folder = file.toAbsolutePath().getParent();
        lock = Optional.of(StoreLock.take(folder, clock));
        StoreFile.prepare(file);
        StoreFile.check(file);
        return folder;
    }

    void close(@Disposes JobStore store) {
        ((JdbcJobStore) store).close();
        unlock();
    }

    private void unlock() {
        lock.ifPresent(StoreLock::close);
        lock = Optional.empty();
    }
}
