package io.agentservice.store.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.sqlite.JDBC;

/** Makes the database file as it must be from its first page, and looks at one that is there already. */
final class StoreFile {

    /** A look at all pages reads the whole file: 1.5 s for 2 GB from memory, 16 s from a disk. */
    private static final long LOOK_AT_ALL_BYTES = 256L << 20;

    private StoreFile() {}

    /** {@code auto_vacuum} takes effect only before the first table and before WAL; without it no space is given back. */
    static void prepare(Path file) throws IOException, SQLException {
        makeFolder(file);
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

    static void makeFolder(Path file) throws IOException {
        if (file.toString().indexOf('?') >= 0) {
            throw new IllegalArgumentException(
                    "JOBS_DIR may not have a '?' in its name: SQLite would read parameters after it: " + file);
        }
        Path folder = file.toAbsolutePath().getParent();
        // A link to a folder is as good, and is not made anew.
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
        }
    }

    /**
     * Fails if the file is no database, is damaged, or cannot be written. Of a large one only the table of jobs is
     * looked at; what is wrong elsewhere shows when it is read.
     */
    static void check(Path file) throws IOException, SQLException {
        boolean all = Files.size(file) <= LOOK_AT_ALL_BYTES;
        try (var connection = JDBC.createConnection("jdbc:sqlite:" + file + "?busy_timeout=5000", new Properties())) {
            Integrity.inspect(
                    connection, all || !hasJobs(connection) ? "PRAGMA quick_check(1)" : "PRAGMA quick_check(job)");
            rewriteFirstPage(connection);
        }
    }

    private static boolean hasJobs(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'job'")) {
            return row.next();
        }
    }

    /** A real write that changes nothing: a lock alone can be had on a disk that takes nothing more. */
    static Void rewriteFirstPage(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            int version;
            try (var row = statement.executeQuery("PRAGMA user_version")) {
                version = row.getInt(1);
            }
            statement.execute("PRAGMA user_version = " + version);
            return null;
        }
    }
}
