package io.agentservice.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How processes end, by themselves and by us. Where it says "sandbox", in each that this machine allows. */
class ProcessEndTest {

    @TempDir
    Path directory;

    private Children children;

    static Stream<Sandbox> sandboxes() {
        return Children.sandboxes();
    }

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
    }

    @ParameterizedTest
    @MethodSource("sandboxes")
    void anExitCodeIsPassedOn(Sandbox sandbox) throws Exception {
        ProcessExit exit = Transcript.of(children.sh(sandbox, "exit 3")).awaitExit();

        assertThat(exit).isEqualTo(new ProcessExit(3, 0));
    }

    @ParameterizedTest
    @MethodSource("sandboxes")
    void aProcessEndedByASignalHasTheCodeOfAShell(Sandbox sandbox) throws Exception {
        ProcessExit exit = Transcript.of(children.sh(sandbox, "exec sh -c 'kill -SEGV $$'"))
                .awaitExit();

        assertThat(exit.code()).isEqualTo(128 + 11);
    }

    @ParameterizedTest
    @MethodSource("sandboxes")
    void killingAProcessEndsItAtOnce(Sandbox sandbox) throws Exception {
        RunningProcess process = children.sh(sandbox, "trap '' TERM INT HUP; echo up; sleep $TOKEN; echo not reached");
        var transcript = Transcript.of(process).awaitLine("up");

        process.kill();
        ProcessExit exit = transcript.awaitExit();

        assertThat(exit.code()).isEqualTo(137);
        assertThat(transcript.stdout()).containsExactly("up");
        assertThat(children.survivors()).isEmpty();
    }

    @Test
    void aProcessThatIsAskedToEndMayStillSpeak() throws Exception {
        RunningProcess process =
                children.sh("trap 'echo last words; exit 9' TERM; echo up; while :; do sleep 0.1; done");
        var transcript = Transcript.of(process).awaitLine("up");

        process.terminate();
        ProcessExit exit = transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactly("up", "last words");
        assertThat(exit.code()).isEqualTo(9);
    }

    @Test
    void aProcessMayIgnoreBeingAskedToEnd() throws Exception {
        RunningProcess process = children.sh("trap '' TERM; echo up; while read line; do echo \"$line\"; done");
        var transcript = Transcript.of(process).awaitLine("up");

        process.terminate();
        process.send("still here");
        transcript.awaitLine("still here");

        assertThat(process.isAlive()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("sandboxes")
    void aProcessThatIgnoresBeingAskedIsKilledWithItsTree(Sandbox sandbox) throws Exception {
        RunningProcess process = children.sh(sandbox, "trap '' TERM; setsid sleep $TOKEN & echo up; sleep $TOKEN");
        var transcript = Transcript.of(process).awaitLine("up");

        process.terminate();
        process.kill();
        ProcessExit exit = transcript.awaitExit();

        // 143 where the wrapper itself hears the first signal.
        assertThat(exit.code()).isIn(137, 143);
        assertThat(children.survivors()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("sandboxes")
    void aBackgroundProcessInASessionOfItsOwnEndsWithItsParent(Sandbox sandbox) throws Exception {
        RunningProcess process = children.sh(sandbox, "setsid sleep $TOKEN </dev/null >/dev/null 2>&1 & exit 0");

        ProcessExit exit = Transcript.of(process).awaitExit();

        assertThat(exit).isEqualTo(new ProcessExit(0, sandbox == Sandbox.NONE ? 1 : 0));
        assertThat(children.survivors()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("sandboxes")
    void aGrandchildThatHoldsThePipeDoesNotKeepTheLinesOpen(Sandbox sandbox) throws Exception {
        RunningProcess process = children.sh(sandbox, "echo before; sh -c 'sleep $TOKEN; echo never' & exit 0");
        var transcript = Transcript.of(process);

        ProcessExit exit = transcript.awaitExit();

        assertThat(exit.code()).isZero();
        assertThat(transcript.stdout()).containsExactly("before");
        assertThat(children.survivors()).isEmpty();
    }

    /** Each script waits for a command that is ended, too: which of both is ended first decides whether it goes on. */
    @ParameterizedTest
    @MethodSource("sandboxes")
    void noScriptGoesOnWithItsNextCommandWhileTheTreeIsEnded(Sandbox sandbox) throws Exception {
        String scripts = "i=0; while [ $i -lt 150 ]; do sh -c 'sleep $TOKEN; echo never' & i=$((i + 1)); done; ";
        RunningProcess process = children.sh(sandbox, scripts + "echo up; sleep $TOKEN");
        var transcript = Transcript.of(process).awaitLine("up");
        await().until(() -> children.survivors().size() >= 2 * 150);

        process.kill();
        transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactly("up");
    }

    @ParameterizedTest
    @MethodSource("sandboxes")
    void aGrandchildThatIgnoresSignalsIsKilled(Sandbox sandbox) throws Exception {
        RunningProcess process = children.sh(sandbox, "trap '' TERM INT HUP; sleep $TOKEN & exit 0");

        ProcessExit exit = Transcript.of(process).awaitExit();

        assertThat(exit.code()).isZero();
        assertThat(children.survivors()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("sandboxes")
    void twoHundredChildrenEndWithTheirParent(Sandbox sandbox) throws Exception {
        RunningProcess process =
                children.sh(sandbox, "i=0; while [ $i -lt 200 ]; do sleep $TOKEN & i=$((i + 1)); done; echo up; wait");
        var transcript = Transcript.of(process).awaitLine("up");
        assertThat(children.survivors()).hasSizeGreaterThanOrEqualTo(200);

        process.kill();
        transcript.awaitExit();

        assertThat(children.survivors()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("sandboxes")
    void aChildWithoutTheMarkEndsWithAParentThatIsKilled(Sandbox sandbox) throws Exception {
        RunningProcess process = children.sh(sandbox, "env -i setsid sleep $TOKEN & echo up; wait");
        var transcript = Transcript.of(process).awaitLine("up");

        process.kill();
        transcript.awaitExit();

        assertThat(children.survivors()).isEmpty();
    }

    /** The tool of a crashed agent: it lost its parent, and what it started has cleared its environment. */
    @ParameterizedTest
    @MethodSource("sandboxes")
    void whatASurvivorStartedIsFoundThroughIt(Sandbox sandbox) throws Exception {
        RunningProcess process = children.sh(sandbox, """
                (trap '' TERM; env -i sh -c 'trap "" TERM; env -i sleep $TOKEN; :' >/dev/null 2>&1 & echo up; wait) &
                read line
                kill -KILL $$""");
        var transcript = Transcript.of(process).awaitLine("up");

        process.send("go");
        transcript.awaitExit();

        assertThat(children.survivors()).isEmpty();
    }

    @Test
    void endingAProcessIsNotHeldUpByTheSweepOfItsTree() throws Exception {
        RunningProcess process = children.sh("(trap '' TERM; sleep $TOKEN) & echo up; exec sleep $TOKEN");
        var transcript = Transcript.of(process).awaitLine("up");
        process.kill();
        await().until(() -> !process.isAlive());

        long before = System.nanoTime();
        process.terminate();
        process.kill();
        Duration taken = Duration.ofNanos(System.nanoTime() - before);

        assertThat(taken).isLessThan(Duration.ofSeconds(1));
        transcript.awaitExit();
        assertThat(children.survivors()).isEmpty();
    }
}
