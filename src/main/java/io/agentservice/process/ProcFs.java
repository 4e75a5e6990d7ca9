package io.agentservice.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What {@code /proc} says of processes. Where there is none (macOS) or it is not ours to read, it says nothing. */
final class ProcFs {

    private static final Path ROOT = Path.of("/proc");

    private ProcFs() {}

    /** The processes whose environment holds exactly this entry, such as {@code NAME=value}. */
    static List<Long> withEnvironmentEntry(String entry) {
        byte[] wanted = entry.getBytes(StandardCharsets.UTF_8);
        return pids().filter(pid -> holds(read(pid, "environ"), wanted)).boxed().toList();
    }

    /** The processes whose working directory lies in one of these folders. */
    static List<Long> workingIn(List<Path> folders) {
        return folders.isEmpty()
                ? List.of()
                : pids().filter(pid -> isIn(workingDirectory(pid), folders))
                        .boxed()
                        .toList();
    }

    private static boolean isIn(Path directory, List<Path> folders) {
        return folders.stream().anyMatch(directory::startsWith);
    }

    private static Path workingDirectory(long pid) {
        try {
            return Files.readSymbolicLink(ROOT.resolve(Long.toString(pid)).resolve("cwd"));
        } catch (IOException | UnsupportedOperationException goneOrNotOurs) {
            return Path.of("");
        }
    }

    static boolean isRoot() {
        try {
            return Files.getAttribute(ROOT.resolve("self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException noProc) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    /** When a process started, in clock ticks since boot; with its pid it names one process for ever. */
    static OptionalLong startTicks(long pid) {
        String stat = new String(read(pid, "stat"), StandardCharsets.ISO_8859_1);
        int afterName = stat.lastIndexOf(')');
        if (afterName < 0) {
            return OptionalLong.empty();
        }
        // Field 22 of proc(5)'s stat; the name, field 2, may itself hold blanks and brackets.
        return OptionalLong.of(Long.parseLong(stat.substring(afterName + 2).split(" ")[19]));
    }

    private static LongStream pids() {
        try (Stream<Path> entries = Files.list(ROOT)) {
            return LongStream.of(entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.chars().allMatch(Character::isDigit))
                    .mapToLong(Long::parseLong)
                    .toArray());
        } catch (IOException noProc) {
            return LongStream.empty();
        }
    }

    private static byte[] read(long pid, String file) {
        try {
            return Files.readAllBytes(ROOT.resolve(Long.toString(pid)).resolve(file));
        } catch (IOException goneOrNotOurs) {
            return new byte[0];
        }
    }

    /** Whether a block of NUL-ended entries holds this one. */
    private static boolean holds(byte[] block, byte[] entry) {
        int start = 0;
        for (int i = 0; i < block.length; i++) {
            if (block[i] == 0) {
                if (i - start == entry.length && matches(block, start, entry)) {
                    return true;
                }
                start = i + 1;
            }
        }
        return false;
    }

    private static boolean matches(byte[] block, int from, byte[] entry) {
        for (int i = 0; i < entry.length; i++) {
            if (block[from + i] != entry[i]) {
                return false;
            }
        }
        return true;
    }
}
