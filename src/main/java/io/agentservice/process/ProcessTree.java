package io.agentservice.process;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A process and what it started, as far as it can be found without the kernel's help: by descent, and by the marker
 * variable that children inherit. Each process is known by pid and start time, so a reused pid is never signalled.
 */
final class ProcessTree {

    private static final int MAX_SWEEPS = 20;
    private static final int EMPTY_SWEEPS_NEEDED = 2;

    private final Process root;
    private final String markerEntry;
    private final Map<Long, Member> known = new HashMap<>();

    ProcessTree(Process root, String marker) {
        this.root = root;
        this.markerEntry = ProcessSpec.MARKER + "=" + marker;
    }

    private record Member(ProcessHandle handle, OptionalLong startTicks) {

        static Member of(ProcessHandle handle) {
            return new Member(handle, ProcFs.startTicks(handle.pid()));
        }

        boolean isStillThere() {
            return handle.isAlive() && ProcFs.startTicks(handle.pid()).equals(startTicks);
        }
    }

    /** Remembers who is there now: once their parent is dead, descent no longer finds them. */
    synchronized void remember() {
        root.descendants().forEach(handle -> known.putIfAbsent(handle.pid(), Member.of(handle)));
    }

    /**
     * Ends whoever is left besides the root: SIGTERM, a grace, SIGKILL, until two sweeps find nobody. Blocks.
     *
     * @return how many there were
     */
    synchronized int sweep(Duration grace) {
        int swept = 0;
        int empty = 0;
        for (int i = 0; i < MAX_SWEEPS && empty < EMPTY_SWEEPS_NEEDED; i++) {
            List<Member> left = left();
            empty = left.isEmpty() ? empty + 1 : 0;
            swept += left.size();
            left.forEach(member -> member.handle().destroy());
            awaitExit(left, grace);
            left.stream()
                    .filter(Member::isStillThere)
                    .forEach(member -> member.handle().destroyForcibly());
            awaitExit(left, grace);
        }
        return swept;
    }

    private List<Member> left() {
        remember();
        Stream<Member> marked = ProcFs.withEnvironmentEntry(markerEntry).stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .map(Member::of);
        marked.forEach(member -> known.putIfAbsent(member.handle().pid(), member));
        known.values().removeIf(member -> !member.isStillThere());
        return known.values().stream()
                .filter(member -> member.handle().pid() != root.pid())
                .toList();
    }

    private static void awaitExit(List<Member> members, Duration patience) {
        var exits = members.stream().map(member -> member.handle().onExit()).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(exits).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException someRemain) {
            // The caller looks again and is firmer.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
