package io.agentservice.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.store.StoreException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inside one process; RefusedStartIT has two. */
class StoreLockTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-24T10:00:00.5Z"), ZoneOffset.UTC);

    @TempDir
    Path folder;

    @Test
    void theHolderSaysWhoItIsAndSinceWhen() throws Exception {
        StoreLock lock = StoreLock.take(folder, CLOCK);
        try (lock) {
            assertThat(Files.readString(folder.resolve(StoreLock.NAME)))
                    .matches("pid %d on host .+, since 2026-11-24T10:00:00Z\n"
                            .formatted(ProcessHandle.current().pid()));
        }
    }

    @Test
    void aFileWithoutALockIsNoObstacle() throws Exception {
        Files.writeString(folder.resolve(StoreLock.NAME), "pid 1 on host gone, since 1970-01-01T00:00:00Z");

        StoreLock.take(folder, CLOCK).close();
        StoreLock.take(folder, CLOCK).close();
    }

    @Test
    void aSecondTakerInTheSameProcessIsRefusedAndTheLockStays() throws Exception {
        StoreLock lock = StoreLock.take(folder, CLOCK);
        try (lock) {
            Path alias = Files.createSymbolicLink(folder.resolveSibling(folder.getFileName() + "-alias"), folder);
            assertThatThrownBy(() -> StoreLock.take(folder, CLOCK)).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> StoreLock.take(alias, CLOCK)).hasMessageContaining("in use by another service");
            Files.delete(alias);

            assertThat(anotherProcessGetsIt()).isFalse();
        }
        assertThat(anotherProcessGetsIt()).isTrue();
    }

    private boolean anotherProcessGetsIt() throws Exception {
        var taker = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Taker.class.getName(),
                folder.resolve(StoreLock.NAME).toString());
        return new ProcessBuilder(taker).start().waitFor() == 0;
    }

    /** Tries to get the kernel's lock of a file. */
    static final class Taker {

        private Taker() {}

        public static void main(String[] args) throws Exception {
            try (var channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
                System.exit(channel.tryLock() == null ? 1 : 0);
            }
        }
    }
}
