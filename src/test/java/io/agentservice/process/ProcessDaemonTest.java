package io.agentservice.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What hides from every search: it has cleared its environment, left its directory and its session, ignores signals
 * and belongs to init. Only a PID namespace ends it.
 */
class ProcessDaemonTest {

    private static final String DAEMON = """
            (env -i setsid nohup sh -c 'cd /; trap "" TERM HUP INT; : > "$0"; sleep $TOKEN; :' "$PWD/ready" %s &)
            while [ ! -e ready ]; do sleep 0.02; done
            echo up
            read line
            exit 0
            """;
    private static final String QUIET = "</dev/null >/dev/null 2>&1";
    private static final String HOLDING_THE_PIPES = "</dev/null";

    @TempDir
    Path directory;

    private Children children;

    static Stream<Sandbox> namespaces() {
        return Children.namespaces();
    }

    @BeforeEach
    void start() {
        children = new Children(directory);
    }

    @AfterEach
    void endChildren() {
        children.close();
        await().until(() -> children.survivors().isEmpty());
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("namespaces")
    void aNamespaceEndsADaemonWhenItsParentExits(Sandbox sandbox) throws Exception {
        RunningProcess process = children.sh(sandbox, DAEMON.formatted(QUIET));
        var transcript = Transcript.of(process).awaitLine("up");
        assertThat(children.survivors()).isNotEmpty();

        process.send("go");
        ProcessExit exit = transcript.awaitExit();

        assertThat(exit.code()).isZero();
        assertThat(children.survivors()).isEmpty();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("namespaces")
    void aNamespaceEndsADaemonWhenItsParentIsKilled(Sandbox sandbox) throws Exception {
        RunningProcess process = children.sh(sandbox, DAEMON.formatted(HOLDING_THE_PIPES));
        var transcript = Transcript.of(process).awaitLine("up");

        process.kill();
        transcript.awaitExit();

        assertThat(children.survivors()).isEmpty();
    }

    /** The known hole of signals and sweeps, and why the service says at start which sandbox it has. */
    @Test
    void withoutANamespaceADaemonSurvives() throws Exception {
        RunningProcess process = children.sh(DAEMON.formatted(QUIET));
        var transcript = Transcript.of(process).awaitLine("up");

        process.send("go");
        ProcessExit exit = transcript.awaitExit();

        assertThat(exit).isEqualTo(new ProcessExit(0, 0));
        assertThat(children.survivors()).isNotEmpty();
    }

    @Test
    void aDaemonThatHoldsThePipesDoesNotKeepTheRunFromItsEnd() throws Exception {
        RunningProcess process = children.sh(DAEMON.formatted(HOLDING_THE_PIPES));
        var transcript = Transcript.of(process).awaitLine("up");

        process.send("go");
        ProcessExit exit = transcript.awaitExit();

        assertThat(exit.code()).isZero();
        assertThat(transcript.stdout()).containsExactly("up");
    }

    /** In a container whose first process does not reap, every orphan that is ended stays as a zombie. */
    @Test
    void aZombieThatNobodyReapsIsNotSweptAgainAndAgain() throws Exception {
        assumeThat(Path.of("/usr/bin/perl")).exists();
        assumeThat(System.getProperty("os.arch")).isEqualTo("amd64");
        RunningProcess process = children.sh("""
                # An adopter (prctl 36) that never waits for what it adopts: here, a process that carries the mark.
                (env -i setsid perl -e '
                  syscall(157, 36, 1, 0, 0, 0);
                  if (!fork) { $ENV{"CLAUDE_AGENT_SERVICE_RUN"} = $ARGV[0]; exec "sleep", "$TOKEN" if !fork; exit }
                  open my $ready, ">", "ready"; sleep 300' "$CLAUDE_AGENT_SERVICE_RUN" </dev/null >/dev/null 2>&1 &)
                while [ ! -e ready ]; do sleep 0.02; done
                echo up
                read line
                exit 0""");
        var transcript = Transcript.of(process).awaitLine("up");
        await().until(() -> children.survivors().stream().anyMatch(ProcessDaemonTest::isSleep));

        process.send("go");
        ProcessExit exit = transcript.awaitExit();

        assertThat(exit.swept()).isEqualTo(1);
    }

    private static boolean isSleep(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "comm"))
                    .equals("sleep\n");
        } catch (IOException gone) {
            return false;
        }
    }
}
