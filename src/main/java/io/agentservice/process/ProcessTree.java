package io.agentservice.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A process and what it started, as far as it can be found without the kernel's help: by descent, by the marker
 * variable that children inherit, and by the run's own folders as working directory. Each process is known by pid and start time, so a reused pid is never signalled.
 */
final class ProcessTree {

    private static final int MAX_SWEEPS = 20;
    private static final int EMPTY_SWEEPS_NEEDED = 2;

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

        boolean isStillThere() {
            return handle.isAlive() && ProcFs.startTicks(handle.pid()).equals(startTicks);
        }
    }

    /** Remembers who is there now: once their parent is dead, descent no longer finds them. */
    synchronized void remember() {
        root.ifPresent(process -> process.descendants().forEach(this::know));
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
        Stream.of(ProcFs.withEnvironmentEntry(markerEntry), ProcFs.workingIn(privateFolders))
                .flatMap(List::stream)
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .forEach(this::know);
        known.values().removeIf(member -> !member.isStillThere());
        return known.values().stream()
                .filter(member -> root.filter(member.handle()::equals).isEmpty())
                .toList();
    }

    private void know(ProcessHandle handle) {
        known.putIfAbsent(handle.pid(), Member.of(handle));
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
