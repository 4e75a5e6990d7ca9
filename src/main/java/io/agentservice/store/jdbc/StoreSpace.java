package io.agentservice.store.jdbc;

import io.agentservice.store.StoreSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** What the database takes of the disk, and how it gives it back. */
final class StoreSpace {

    private static final int PAGES_AT_ONCE = 64;

    private static final String SIZE = """
            SELECT page_count, freelist_count, page_size,
                   (SELECT file FROM pragma_database_list WHERE name = 'main') AS file
            FROM pragma_page_count, pragma_freelist_count, pragma_page_size""";

    private StoreSpace() {}

    static StoreSize size(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(SIZE)) {
            long page = row.getLong("page_size");
            long free = row.getLong("freelist_count");
            return new StoreSize(
                    (row.getLong("page_count") - free) * page, free * page, logSize(row.getString("file")));
        }
    }

    private static long logSize(String file) {
        Path log = Path.of(file + "-wal");
        try {
            return Files.exists(log) ? Files.size(log) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException("the size of the store's log cannot be read", e);
        }
    }

    /**
     * Moves pages from the end of the file to where it is free; the file is cut at the next checkpoint. A file that
     * another program wrote, as one that was repaired, may give nothing back, however often it is asked.
     *
     * @return the bytes that are still free and can be given back
     */
    static long giveBack(Connection connection) throws SQLException {
        long before = size(connection).free();
        try (var statement = connection.createStatement()) {
            // Not execute(), which takes one step: this pragma gives back a page a step, and has no columns.
            statement.executeUpdate("PRAGMA incremental_vacuum(" + PAGES_AT_ONCE + ")");
        }
        long after = size(connection).free();
        return after < before ? after : 0;
    }

    /**
     * Copies what is in the log to its place, which keeps no writer out, as a TRUNCATE would; the next write then begins
     * the log afresh and cuts it to {@code journal_size_limit}.
     */
    static void shortenLog(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(PASSIVE)");
        }
    }
}
