package io.agentservice.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A process and what it started, as far as it can be found without the kernel's help: by the marker variable that
 * children inherit, by the run's own folders as working directory, and by descent. Each process is known by pid and
 * start time, so a reused pid is never signalled.
 */
final class ProcessTree {

    private static final int MAX_SWEEPS = 20;
    private static final int EMPTY_SWEEPS_NEEDED = 2;
    private static final long LOOK_MILLIS = 10;

    private final Optional<ProcessHandle> root;
    private final String markerEntry;
    private final List<Path> privateFolders;
    private final Map<Long, Member> known = new HashMap<>();

    private ProcessTree(Optional<ProcessHandle> root, String marker, List<Path> privateFolders) {
        this.root = root;
        this.markerEntry = ProcessSpec.MARKER + "=" + marker;
        this.privateFolders = privateFolders;
    }

    static ProcessTree of(Process root, ProcessSpec spec) {
        String marker = spec.environment().getOrDefault(ProcessSpec.MARKER, "");
        return new ProcessTree(
                Optional.of(root.toHandle()), marker, spec.confinement().privateFolders());
    }

    /** What is left of a tree whose root is long gone. */
    static ProcessTree withoutRoot(String marker, List<Path> privateFolders) {
        return new ProcessTree(Optional.empty(), marker, privateFolders);
    }

    private record Member(ProcessHandle handle, OptionalLong startTicks) {

        static Member of(ProcessHandle handle) {
            return new Member(handle, ProcFs.startTicks(handle.pid()));
        }

        /** A zombie is gone: it does nothing more, and an init that does not reap would keep it for ever. */
        boolean isStillThere() {
            return handle.isAlive()
                    && ProcFs.startTicks(handle.pid()).equals(startTicks)
                    && !ProcFs.isZombie(handle.pid());
        }
    }

    /** Remembers who is there now: once their parent is dead, descent no longer finds them. */
    synchronized void remember() {
        root.ifPresent(process -> process.descendants().forEach(this::remember));
    }

    /** How many are known that are still there. */
    synchronized int size() {
        return (int) known.values().stream().filter(Member::isStillThere).count();
    }

    private void remember(Collection<Long> pids) {
        pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(this::remember));
    }

    private void remember(ProcessHandle handle) {
        known.putIfAbsent(handle.pid(), Member.of(handle));
    }

    /**
     * Ends whoever is left besides the root: SIGTERM, a grace, SIGKILL, until two sweeps find nobody. Blocks.
     *
     * @return how many there were
     */
    synchronized int sweep(Duration grace) throws InterruptedException {
        Set<Long> swept = new HashSet<>();
        int empty = 0;
        for (int i = 0; i < MAX_SWEEPS && empty < EMPTY_SWEEPS_NEEDED; i++) {
            List<Member> left = left();
            empty = left.isEmpty() ? empty + 1 : 0;
            left.forEach(member -> swept.add(member.handle().pid()));
            left.forEach(member -> member.handle().destroy());
            awaitGone(left, grace);
            left.stream()
                    .filter(Member::isStillThere)
                    .forEach(member -> member.handle().destroyForcibly());
            awaitGone(left, grace);
        }
        return swept.size();
    }

    private List<Member> left() {
        remember();
        remember(ProcFs.withEnvironmentEntry(markerEntry));
        remember(ProcFs.workingIn(privateFolders));
        known.values().removeIf(member -> !member.isStillThere());
        // What they started may have cleared its environment.
        remember(ProcFs.descendants(known.keySet()));
        known.values().removeIf(member -> !member.isStillThere());
        return parentsFirst().stream()
                .filter(member -> root.filter(member.handle()::equals).isEmpty())
                .toList();
    }

    /** A script whose command is ended before the script itself would go on with its next command. */
    private List<Member> parentsFirst() {
        List<Member> ordered = new ArrayList<>();
        Set<Member> seen = new HashSet<>();
        for (Member member : known.values()) {
            Deque<Member> line = new ArrayDeque<>();
            for (Member next = member; next != null && seen.add(next); next = parentOf(next)) {
                line.push(next);
            }
            ordered.addAll(line);
        }
        return ordered;
    }

    private Member parentOf(Member member) {
        return member.handle().parent().map(parent -> known.get(parent.pid())).orElse(null);
    }

    /** Looks again and again: nothing tells of the end of a process that is not our child. */
    private void awaitGone(List<Member> members, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (members.stream().anyMatch(Member::isStillThere) && System.nanoTime() < deadline) {
            // Lets go of the lock meanwhile, so that whoever calls remember() is not held up.
            wait(LOOK_MILLIS);
        }
    }
}
