package io.agentservice.store.jdbc;

import io.agentservice.store.StoreException;
import io.agentservice.store.StoreException.Kind;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;

/** Brings the schema forward, never back. Each migration is one transaction: it is there whole or not at all. */
final class Schema {

    private Schema() {}

    /** @throws StoreException if the file is not of this program, or not of this version of it */
    static void migrate(Flyway flyway) {
        try {
            for (MigrationInfo applied : flyway.info().applied()) {
                check(applied);
            }
            flyway.migrate();
        } catch (FlywayException e) {
            Kind kind = StoreFailures.kindOf(e);
            throw kind == Kind.OTHER
                    ? new StoreException(Kind.BROKEN_SCHEMA, firstLine(e.getMessage()), e)
                    : StoreFailures.translate(e);
        }
    }

    private static void check(MigrationInfo applied) {
        MigrationState state = applied.getState();
        String which = "schema version %s, %s".formatted(applied.getVersion(), applied.getDescription());
        if (state.isFailed()) {
            throw new StoreException(Kind.BROKEN_SCHEMA, "the upgrade to %s broke off".formatted(which));
        }
        // Flyway itself would go on with a schema from the future.
        if (!state.isResolved()) {
            throw new StoreException(Kind.NEWER_SCHEMA, "it has %s, which this one does not know".formatted(which));
        }
    }

    private static String firstLine(String message) {
        return String.valueOf(message).lines().findFirst().orElse("");
    }
}
