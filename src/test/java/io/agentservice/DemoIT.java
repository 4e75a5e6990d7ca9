package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a newcomer tries first. */
class DemoIT {

    @TempDir
    Path folder;

    @Test
    void theDemoRunsAJobAndLeavesNothing() throws Exception {
        var builder = new ProcessBuilder("./demo").redirectErrorStream(true);
        builder.environment().put("DEMO_NO_BUILD", "1");
        builder.environment().put("TMPDIR", folder.toString());
        builder.environment().remove("ANTHROPIC_API_KEY");
        builder.environment().remove("CLAUDE_CODE_OAUTH_TOKEN");
        Process demo = builder.start();
        demo.getOutputStream().close();

        String shown = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).as(shown).isZero();
        assertThat(shown).contains("stand-in", "completed", "curl").doesNotContain("\u001b", "{\"at\":");
        assertThat(left()).isEmpty();
    }

    private Stream<Path> left() throws IOException {
        return Files.list(folder);
    }
}
