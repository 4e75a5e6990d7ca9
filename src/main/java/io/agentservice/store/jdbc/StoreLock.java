package io.agentservice.store.jdbc;

import io.agentservice.store.StoreException;
import io.agentservice.store.StoreException.Kind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a second service off the same store: its recovery would end the first one's agents. The lock is the kernel's and
 * ends with the process, however that ends; what the file says is only for people.
 */
final class StoreLock implements AutoCloseable {

    static final String NAME = "agent-service.lock";
    private static final int MAX_NOTE_BYTES = 512;

    /** The kernel forgets a process's lock when the process closes the file once, also by another descriptor. */
    private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private StoreLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** @throws StoreException if another service has it; says which */
    static StoreLock take(Path folder, Clock clock) throws IOException {
        Path file = folder.toRealPath().resolve(NAME);
        if (!OPEN_HERE.add(file)) {
            throw new StoreException(Kind.IN_USE, "it is this very process");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw new StoreException(Kind.IN_USE, read(channel));
            }
            write(channel, note(clock));
            return new StoreLock(file, channel);
        } catch (IOException | RuntimeException e) {
            abandon(file, channel);
            throw e;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(MAX_NOTE_BYTES);
        channel.read(bytes, 0);
        String note = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
        return note.isEmpty() ? "it has not said yet which" : note;
    }

    private static String note(Clock clock) throws IOException {
        return "pid %d on host %s, since %s"
                .formatted(
                        ManagementFactory.getRuntimeMXBean().getPid(),
                        host(),
                        clock.instant().truncatedTo(ChronoUnit.SECONDS));
    }

    private static String host() throws IOException {
        Path kernel = Path.of("/proc/sys/kernel/hostname");
        return Files.exists(kernel) ? Files.readString(kernel).strip() : "unknown";
    }

    /** A full disk takes no note; the lock holds all the same. */
    private static void write(FileChannel channel, String note) {
        try {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((note + "\n").getBytes(StandardCharsets.UTF_8)), 0);
        } catch (IOException unsaid) {
            // Whoever comes next reads that it is not said who has it.
        }
    }

    private static void abandon(Path file, FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Nothing is held that could be given up.
        } finally {
            OPEN_HERE.remove(file);
        }
    }

    @Override
    public void close() {
        abandon(file, channel);
    }
}
