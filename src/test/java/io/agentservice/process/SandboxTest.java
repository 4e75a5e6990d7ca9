package io.agentservice.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxTest {

    private static final List<String> COMMAND = List.of("claude", "-p");

    private static List<String> wrapped(Sandbox sandbox, boolean root) {
        var confinement =
                new Confinement(sandbox, List.of(Path.of("/d/own")), List.of(Path.of("/w")), List.of(Path.of("/d")));
        return SandboxCommand.wrap(confinement, root, COMMAND);
    }

    @Test
    void withoutASandboxACommandStaysAsItIs() {
        assertThat(wrapped(Sandbox.NONE, true)).isEqualTo(COMMAND);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNamespaceRunsTheCommandUnderAFirstProcess(boolean root) {
        assertThat(wrapped(Sandbox.NAMESPACE, root))
                .startsWith("unshare")
                .contains("--kill-child")
                .endsWith("--", "sh", "-c", "\"$@\"; exit $?", "sh", "claude", "-p");
    }

    @Test
    void onlyAnOrdinaryUserNeedsAUserNamespace() {
        assertThat(wrapped(Sandbox.NAMESPACE, false)).contains("--user");
        assertThat(wrapped(Sandbox.NAMESPACE, true)).doesNotContain("--user");
    }

    @Test
    void bubblewrapShowsARunItsOwnFoldersInsideWhatItHides() {
        List<String> command = wrapped(Sandbox.BUBBLEWRAP, true);

        assertThat(command)
                .startsWith("sh")
                .containsSequence("--ro-bind", "/", "/")
                .containsSubsequence("--tmpfs", "/d", "--bind", "/w", "/w", "--bind", "/d/own", "/d/own")
                .endsWith("--", "claude", "-p");
    }

    @Test
    void whatIsHiddenInsideTheWorkspaceStaysHidden() {
        var confinement = new Confinement(
                Sandbox.BUBBLEWRAP,
                List.of(Path.of("/w/data/runs/own")),
                List.of(Path.of("/w")),
                List.of(Path.of("/w/data")));

        assertThat(SandboxCommand.wrap(confinement, true, COMMAND))
                .containsSubsequence(
                        "--tmpfs", "/tmp", "--bind", "/w", "--tmpfs", "/w/data", "--bind", "/w/data/runs/own");
    }

    @Test
    void aHiddenFileIsEmptyAndAHiddenFolderToo() throws Exception {
        Assumptions.assumeTrue(new Sandboxes().available().contains(Sandbox.BUBBLEWRAP));
        // Not below /tmp, which is hidden as a whole.
        Path home = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "hidden");
        Path file = Files.writeString(home.resolve("token"), "the-secret");
        Path secrets = Files.createDirectories(home.resolve("secrets"));
        Files.writeString(secrets.resolve("other"), "the-secret");
        var confinement = new Confinement(Sandbox.BUBBLEWRAP, List.of(), List.of(home), List.of(secrets, file));
        // Every process that it sees, and what is hidden.
        String look = "cat /proc/[0-9]*/environ; cat '%s'; ls '%s'; echo seen".formatted(file, secrets);
        var process = new ProcessBuilder(
                        SandboxCommand.wrap(confinement, CurrentUser.isRoot(), List.of("sh", "-c", look)))
                .redirectErrorStream(true);
        process.environment().clear();
        process.environment().put("PATH", System.getenv("PATH"));

        String seen = new String(process.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(seen).endsWith("seen\n").doesNotContain("the-secret", "other");
    }

    @Test
    void aProgramThatLiesInTheHiddenFolderIsSeenAllTheSame() {
        var confinement = new Confinement(Sandbox.BUBBLEWRAP, List.of(), List.of(), List.of());

        assertThat(SandboxCommand.wrap(confinement, true, List.of("/tmp/tried/bin/claude")))
                .containsSubsequence("--tmpfs", "/tmp", "--ro-bind", "/tmp/tried", "/tmp/tried");
    }

    @ParameterizedTest
    @EnumSource(Sandbox.class)
    void theKernelEndsTheTreeInEverySandboxButNone(Sandbox sandbox) {
        assertThat(sandbox.isEnforcedByKernel()).isEqualTo(sandbox != Sandbox.NONE);
    }

    @Test
    void theBestSandboxIsTheStrongestThatWorks() {
        var sandboxes = new Sandboxes();

        assertThat(sandboxes.available()).contains(Sandbox.NONE, sandboxes.best());
        assertThat(sandboxes.available()).allMatch(sandbox -> sandbox.compareTo(sandboxes.best()) <= 0);
    }
}
