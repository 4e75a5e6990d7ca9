package io.agentservice.store.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Properties;
import org.sqlite.JDBC;

/** Makes the database file as it must be from its first page. */
final class StoreFile {

    private StoreFile() {}

    /** {@code auto_vacuum} takes effect only before the first table and before WAL; without it no space is given back. */
    static void prepare(Path file) throws IOException, SQLException {
        if (file.toString().indexOf('?') >= 0) {
            throw new IllegalArgumentException(
                    "JOBS_DIR may not have a '?' in its name: SQLite would read parameters after it: " + file);
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        if (Files.exists(file) && Files.size(file) > 0) {
            return;
        }
        try (var connection = JDBC.createConnection("jdbc:sqlite:" + file, new Properties());
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA auto_vacuum = INCREMENTAL");
            statement.execute("PRAGMA journal_mode = WAL");
        }
        // Prompts and output are nobody else's business; SQLite gives the files beside it the same permissions.
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
