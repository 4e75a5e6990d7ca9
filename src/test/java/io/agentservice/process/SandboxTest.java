package io.agentservice.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SandboxTest {

    @Test
    void withoutASandboxACommandStaysAsItIs() {
        assertThat(Sandbox.NONE.wrap(List.of("claude", "-p"))).containsExactly("claude", "-p");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE"})
    void aNamespaceRunsTheCommandUnderAFirstProcess(Sandbox sandbox) {
        assertThat(sandbox.wrap(List.of("claude", "-p")))
                .startsWith("unshare")
                .contains("--kill-child")
                .endsWith("--", "sh", "-c", "\"$@\"; exit $?", "sh", "claude", "-p");
    }

    @ParameterizedTest
    @EnumSource(Sandbox.class)
    void theKernelEndsTheTreeInEverySandboxButNone(Sandbox sandbox) {
        assertThat(sandbox.isEnforcedByKernel()).isEqualTo(sandbox != Sandbox.NONE);
    }

    @Test
    void theBestSandboxIsOneThatWorks() {
        Sandbox best = SandboxProbe.best();

        assertThat(Children.sandboxes()).contains(best);
    }

    @Test
    void aSandboxThatRunsTheCommandOutsideANamespaceDoesNotCount() {
        assertThat(SandboxProbe.works(Sandbox.NONE)).isFalse();
    }
}
