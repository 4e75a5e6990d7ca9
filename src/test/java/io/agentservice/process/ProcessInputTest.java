package io.agentservice.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProcessInputTest {

    private static final String MEGABYTE = "x".repeat(1 << 20);

    @TempDir
    Path directory;

    private Children children;

    @BeforeEach
    void start() {
        children = new Children(directory);
    }

    @AfterEach
    void endChildren() {
        children.close();
    }

    @Test
    void aProcessReadsWhatItIsSentLineByLine() throws Exception {
        RunningProcess process = children.sh("exec cat");
        var transcript = Transcript.of(process);

        process.send("one");
        process.send("grüße 🙂");
        process.closeInput();
        transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactly("one", "grüße 🙂");
    }

    @Test
    void aLineOfMegabytesPassesBothWays() throws Exception {
        RunningProcess process = children.sh("exec cat");
        var transcript = Transcript.of(process);

        process.send(MEGABYTE.repeat(5));
        process.closeInput();
        transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactly(MEGABYTE.repeat(5));
    }

    @Test
    void whatIsSentAfterTheEndOfTheInputIsNotWritten() throws Exception {
        RunningProcess process = children.sh("exec cat");
        var transcript = Transcript.of(process);
        process.send("one");
        process.closeInput();

        process.send("two");
        transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactly("one");
    }

    @Test
    @Timeout(20)
    void sendingToAProcessThatNeverReadsDoesNotWait() throws Exception {
        RunningProcess process = children.sh("echo up; exec sleep $TOKEN");
        var transcript = Transcript.of(process).awaitLine("up");

        sendMegabytes(process, 5);
        process.closeInput();
        process.kill();

        assertThat(transcript.awaitExit().code()).isEqualTo(137);
        assertThat(children.survivors()).isEmpty();
    }

    @Test
    @Timeout(20)
    void askingAProcessToEndDoesNotWaitForItsInput() throws Exception {
        RunningProcess process = children.sh("trap '' TERM; echo up; exec sleep $TOKEN");
        var transcript = Transcript.of(process).awaitLine("up");
        sendMegabytes(process, 5);

        process.terminate();
        process.kill();

        assertThat(transcript.awaitExit().code()).isEqualTo(137);
    }

    @Test
    void aProcessMayEndWithoutReadingWhatItIsSent() throws Exception {
        RunningProcess process = children.sh("echo bye; exit 4");
        var transcript = Transcript.of(process);

        sendMegabytes(process, 5);
        ProcessExit exit = transcript.awaitExit();

        assertThat(exit.code()).isEqualTo(4);
        assertThat(transcript.stdout()).containsExactly("bye");
    }

    @Test
    void aProcessMayCloseItsInputAndGoOn() throws Exception {
        RunningProcess process = children.sh("exec <&-; echo closed; exit 5");
        var transcript = Transcript.of(process).awaitLine("closed");

        sendMegabytes(process, 5);

        assertThat(transcript.awaitExit().code()).isEqualTo(5);
    }

    private static void sendMegabytes(RunningProcess process, int count) {
        for (int i = 0; i < count; i++) {
            process.send(MEGABYTE);
        }
    }

    static List<Sandbox> sandboxes() {
        return Children.sandboxes().toList();
    }

    @Test
    void aProcessInheritsNothingOfOurEnvironment() throws Exception {
        var transcript = Transcript.of(children.start(
                new ProcessSpec(List.of("env"), directory, Map.of("ONLY", "this one"), Confinement.none(), 1000)));

        transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactly("ONLY=this one");
    }

    @ParameterizedTest
    @MethodSource("sandboxes")
    void aSandboxAddsNothingButWhatItsShellSets(Sandbox sandbox) throws Exception {
        var transcript = Transcript.of(children.start(new ProcessSpec(
                List.of("env"), directory, Map.of("ONLY", "this one"), children.confinement(sandbox), 1000)));

        transcript.awaitExit();

        assertThat(transcript.stdout())
                .contains("ONLY=this one")
                .allMatch(entry -> entry.matches("(ONLY|PWD|OLDPWD|SHLVL|_)=.*"));
    }

    @ParameterizedTest
    @MethodSource("sandboxes")
    void argumentsReachTheProcessAsTheyAre(Sandbox sandbox) throws Exception {
        var arguments = List.of("", "a b", "$HOME", "*", "--", "\"'\\", "ü\n-");
        var command = new ArrayList<>(List.of("printf", "[%s]\\n"));
        command.addAll(arguments);

        var transcript = Transcript.of(children.start(sandbox, Children.MAX_LINE_BYTES, command));
        transcript.awaitExit();

        assertThat(String.join("\n", transcript.stdout()) + "\n")
                .isEqualTo(String.join(
                        "", arguments.stream().map("[%s]\n"::formatted).toList()));
    }

    @ParameterizedTest
    @MethodSource("sandboxes")
    void aProcessWorksInItsDirectory(Sandbox sandbox) throws Exception {
        var transcript = Transcript.of(children.sh(sandbox, "pwd -P"));

        transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactly(directory.toRealPath().toString());
    }

    @Test
    void aProgramThatDoesNotExistCannotBeStarted() {
        assertThatThrownBy(() -> children.start(Sandbox.NONE, 1000, List.of("/no/such/program")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/no/such/program");
    }

    @Test
    void aProcessCannotBeStartedInADirectoryThatDoesNotExist() {
        var spec = new ProcessSpec(List.of("true"), directory.resolve("gone"), Map.of(), Confinement.none(), 1000);

        assertThatThrownBy(() -> children.start(spec)).isInstanceOf(IOException.class);
    }

    @Test
    void theEndIsKnownToWhoeverAsksLater() throws Exception {
        RunningProcess process = children.sh("exit 3");
        Transcript.of(process).awaitExit();

        ProcessExit again = process.exit().await().atMost(Duration.ofSeconds(1));

        assertThat(again.code()).isEqualTo(3);
        assertThat(process.isAlive()).isFalse();
    }
}
