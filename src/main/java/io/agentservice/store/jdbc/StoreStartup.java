package io.agentservice.store.jdbc;

import io.agentservice.store.JobFeed;
import io.agentservice.store.JobStore;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import io.quarkus.flyway.FlywayDataSource;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import org.flywaydb.core.Flyway;

/** Opens the store: makes the file, brings its schema up to date, starts the writer. */
final class StoreStartup {

    @Produces
    @Singleton
    JobStore open(
            StoreConfig config,
            @DataSource("reader") AgroalDataSource readers,
            @DataSource("writer") AgroalDataSource writer,
            @FlywayDataSource("writer") Flyway flyway,
            JobFeed feed,
            Clock clock)
            throws IOException, SQLException {
        StoreFile.prepare(config.file());
        flyway.migrate();
        return new JdbcJobStore(readers, writer, feed, clock, config.cacheBytes());
    }

    void close(@Disposes JobStore store) {
        ((JdbcJobStore) store).close();
    }
}
