package io.agentservice.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What {@code /proc} says of processes. Where there is none (macOS) or it is not ours to read, it says nothing. */
final class ProcFs {

    private static final Path ROOT = Path.of("/proc");
    // Fields of proc(5)'s stat, counted behind the name, which may itself hold blanks and brackets.
    private static final int STATE = 0;
    private static final int PARENT = 1;
    private static final int START_TICKS = 19;

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

    /** The processes that descend from any of these, as far as their parents still live. */
    static Set<Long> descendants(Set<Long> ancestors) {
        Map<Long, Long> parents = new HashMap<>();
        pids().forEach(pid -> stat(pid).ifPresent(fields -> parents.put(pid, Long.parseLong(fields[PARENT]))));
        Set<Long> found = new HashSet<>();
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Map.Entry<Long, Long> entry : parents.entrySet()) {
                Long parent = entry.getValue();
                boolean descends = ancestors.contains(parent) || found.contains(parent);
                grown |= descends && found.add(entry.getKey());
            }
        }
        return found;
    }

    /** When a process started, in clock ticks since boot; with its pid it names one process for ever. */
    static OptionalLong startTicks(long pid) {
        return stat(pid)
                .map(fields -> OptionalLong.of(Long.parseLong(fields[START_TICKS])))
                .orElseGet(OptionalLong::empty);
    }

    /** Whether a process has ended and only waits for its parent to ask how. */
    static boolean isZombie(long pid) {
        return stat(pid).filter(fields -> fields[STATE].equals("Z")).isPresent();
    }

    private static Optional<String[]> stat(long pid) {
        String stat = new String(read(pid, "stat"), StandardCharsets.ISO_8859_1);
        int afterName = stat.lastIndexOf(')');
        return afterName < 0
                ? Optional.empty()
                : Optional.of(stat.substring(afterName + 2).split(" "));
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
