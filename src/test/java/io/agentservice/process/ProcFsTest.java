package io.agentservice.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProcFsTest {

    private static final long NO_PID = Long.MAX_VALUE;

    private final String value = UUID.randomUUID().toString();
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endChildren() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void aProcessIsFoundByAnEntryOfItsEnvironment() throws IOException {
        Process process = sleeper();

        assertThat(ProcFs.withEnvironmentEntry("PROC_TEST=" + value)).containsExactly(process.pid());
    }

    @Test
    void anEntryIsMatchedWhole() throws IOException {
        sleeper();

        assertThat(ProcFs.withEnvironmentEntry("PROC_TEST=" + value.substring(0, 20)))
                .isEmpty();
        assertThat(ProcFs.withEnvironmentEntry("TEST=" + value)).isEmpty();
        assertThat(ProcFs.withEnvironmentEntry(value)).isEmpty();
    }

    @Test
    void aProcessHasOneStartTime() {
        long self = ProcessHandle.current().pid();

        assertThat(ProcFs.startTicks(self)).isPresent().isEqualTo(ProcFs.startTicks(self));
    }

    @Test
    void aProcessThatIsGoneHasNoStartTime() {
        assertThat(ProcFs.startTicks(NO_PID)).isEmpty();
        assertThat(ProcFs.isZombie(NO_PID)).isFalse();
    }

    @Test
    void aProcessThatLivesIsNoZombie() throws IOException {
        assertThat(ProcFs.isZombie(sleeper().pid())).isFalse();
    }

    @Test
    void aProcessThatNobodyHasWaitedForIsAZombie() throws IOException {
        // The shell becomes a program that knows nothing of the child it inherits.
        Process parent = start("sh", "-c", "sleep 0.05 & exec sleep 300");

        await().until(() -> ProcFs.descendants(Set.of(parent.pid())).stream().anyMatch(ProcFs::isZombie));

        assertThat(ProcFs.isZombie(parent.pid())).isFalse();
    }

    @Test
    void grandchildrenAreDescendants() throws IOException {
        Process parent = start("sh", "-c", "sh -c 'sleep 300; :'; :");

        await().until(() -> ProcFs.descendants(Set.of(parent.pid())).size() == 2);

        assertThat(ProcFs.descendants(Set.of(parent.pid())))
                .containsExactlyInAnyOrderElementsOf(
                        parent.descendants().map(ProcessHandle::pid).toList());
        parent.descendants().forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void aNameWithBlanksAndBracketsDoesNotShiftTheFields() throws IOException {
        Process process = start("sh", "-c", "printf ') R 1 (' > /proc/$$/comm; echo; exec <&-; read x; sleep 300; :");
        process.getInputStream().read();

        assertThat(ProcFs.isZombie(process.pid())).isFalse();
        assertThat(ProcFs.descendants(Set.of(ProcessHandle.current().pid()))).contains(process.pid());
        process.descendants().forEach(ProcessHandle::destroyForcibly);
    }

    private Process sleeper() throws IOException {
        return start("sleep", "300");
    }

    private Process start(String... command) throws IOException {
        var builder = new ProcessBuilder(command);
        builder.environment().put("PROC_TEST", value);
        Process process = builder.start();
        started.add(process);
        return process;
    }
}
