package io.agentservice.store.jdbc;

import io.agentservice.store.BackupUnderwayException;
import io.agentservice.store.StoreBackup;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sqlite.JDBC;

/**
 * Copies the store by {@code VACUUM INTO}, on a connection of its own that only reads: it sees one moment of the store,
 * and the writer goes on meanwhile. What is in the folder under its final name is whole, checked and on the disk.
 */
@Singleton
final class VacuumBackup implements StoreBackup {

    private static final String SUFFIX = ".db";
    private static final String UNFINISHED = ".part";
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern OURS = Pattern.compile("\\d{8}T\\d{6}\\.\\d{3}Z\\.db");
    private static final String SIZE = """
            SELECT (c.page_count - f.freelist_count) * s.page_size
            FROM pragma_page_count c, pragma_freelist_count f, pragma_page_size s""";

    private final StoreConfig config;
    private final Clock clock;
    private final AtomicBoolean underway = new AtomicBoolean();

    VacuumBackup(StoreConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    @Override
    public Uni<Backup> backup() {
        return Blocking.call(() -> {
            if (!underway.compareAndSet(false, true)) {
                throw new BackupUnderwayException();
            }
            try {
                return make();
            } finally {
                underway.set(false);
            }
        });
    }

    private Backup make() throws IOException, SQLException {
        Instant begun = clock.instant();
        Path folder = folder();
        removeUnfinished(folder);
        Path file = folder.resolve(NAME.format(begun) + SUFFIX);
        Path unfinished = folder.resolve(file.getFileName() + UNFINISHED);
        try {
            copyTo(unfinished);
            check(unfinished);
            force(unfinished);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            force(folder);
        } finally {
            removeUnfinished(folder);
        }
        removeOldest(folder);
        return new Backup(file, Files.size(file), Duration.between(begun, clock.instant()));
    }

    private Path folder() throws IOException {
        Path folder = config.file().toAbsolutePath().resolveSibling("backups");
        return Files.isDirectory(folder)
                ? folder
                : Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** What is left of a backup that failed, or of one in an earlier life, with SQLite's own files beside it. */
    private static void removeUnfinished(Path folder) throws IOException {
        for (Path file : files(folder, name -> name.contains(SUFFIX + UNFINISHED))) {
            Files.delete(file);
        }
    }

    /** Names are in the order of time. What a person has put there is not ours to count. */
    private void removeOldest(Path folder) throws IOException {
        List<Path> finished = files(folder, name -> OURS.matcher(name).matches());
        int kept = Math.max(1, config.backupsKept());
        for (Path file : finished.subList(0, Math.max(0, finished.size() - kept))) {
            Files.delete(file);
        }
    }

    private static List<Path> files(Path folder, Predicate<String> wanted) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> wanted.test(file.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    private void copyTo(Path target) throws IOException, SQLException {
        try (var connection = readOnly(config.file());
                var statement = connection.prepareStatement("VACUUM INTO ?")) {
            new Room(target.getParent(), config.reserveBytes()).require(size(connection));
            // It fills an empty file that is there, and leaves its permissions as they are.
            Files.createFile(
                    target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            statement.setString(1, target.toString());
            statement.execute();
        }
    }

    private static long size(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(SIZE)) {
            return row.getLong(1);
        }
    }

    private static void check(Path copy) throws SQLException {
        try (var connection = readOnly(copy)) {
            Integrity.inspect(connection, "PRAGMA quick_check(1)");
        }
    }

    private static Connection readOnly(Path file) throws SQLException {
        return JDBC.createConnection("jdbc:sqlite:" + file + "?open_mode=1&busy_timeout=5000", new Properties());
    }

    private static void force(Path fileOrFolder) throws IOException {
        try (var channel = FileChannel.open(fileOrFolder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
