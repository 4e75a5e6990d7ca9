package io.agentservice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

/** Yardsticks of the disk: what one thread can commit when nothing else is to do. */
record RawStore(Path folder) {

    private static final byte[] ROW = new byte[200];

    @FunctionalInterface
    private interface Commit {
        void run() throws IOException, SQLException;
    }

    /** Microseconds of each commit of one row to SQLite, as durable as the service's. */
    Series rows(Duration time) throws IOException, SQLException {
        String url = "jdbc:sqlite:" + folder.resolve("raw.db") + "?journal_mode=WAL&synchronous=FULL";
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.createStatement().execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, data BLOB)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (data) VALUES (?)")) {
                return repeat(time, () -> {
                    insert.setBytes(1, ROW);
                    insert.executeUpdate();
                });
            }
        }
    }

    /** Microseconds of each write of one page to a file, and the wait for the disk. */
    Series pages(Duration time) throws IOException, SQLException {
        try (var file =
                FileChannel.open(folder.resolve("raw.pages"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            return repeat(time, () -> {
                file.write(ByteBuffer.allocate(4096));
                file.force(false);
            });
        }
    }

    private static Series repeat(Duration time, Commit commit) throws IOException, SQLException {
        var micros = new Series();
        long end = System.nanoTime() + time.toNanos();
        for (long before; (before = System.nanoTime()) < end; ) {
            commit.run();
            micros.add((System.nanoTime() - before) / 1000.0);
        }
        return micros;
    }
}
