package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.process.ProcessLauncher;
import io.agentservice.testing.HandClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaudeBinaryTest {

    private final HandClock clock = new HandClock(Instant.parse("2026-11-24T10:00:00Z"));

    @TempDir
    Path folder;

    private ClaudeBinary binary(String name) {
        return new ClaudeBinary(name, new ProcessLauncher(), clock);
    }

    private Path script(String text) throws IOException {
        Path file = folder.resolve("claude");
        Files.deleteIfExists(file);
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file;
    }

    @Test
    void theRealOneSaysItsVersion() {
        var finding = binary("src/test/cli/claude").look();

        assertThat(finding.version()).contains("2.1.330");
        assertThat(finding.error()).isEmpty();
    }

    @Test
    void oneThatIsNotThereIsNotFound() {
        assertThat(binary(folder.resolve("none").toString()).look().error())
                .hasValueSatisfying(error -> assertThat(error).contains("CLAUDE_BIN"));
        assertThat(binary("no-such-program-anywhere").look().path()).isEmpty();
    }

    @Test
    void oneThatIsFoundOnThePathIsToldOf() {
        assertThat(binary("sh").look().path()).isPresent();
    }

    @Test
    void oneThatCannotRunSaysWhy() throws IOException {
        Path broken = script("echo 'no such library' >&2; exit 127");

        var finding = binary(broken.toString()).look();

        assertThat(finding.path()).contains(broken);
        assertThat(finding.version()).isEmpty();
        assertThat(finding.error())
                .hasValueSatisfying(error -> assertThat(error).contains("127", "no such library"));
    }

    @Test
    void oneThatRanIsStartedAgainOnlyWhenItIsAnotherOrAWhileLater() throws IOException {
        Path file = script("echo x >> %s; echo 1.2.3".formatted(folder.resolve("starts")));
        var claude = binary(file.toString());

        claude.look();
        assertThat(claude.look().version()).contains("1.2.3");
        assertThat(Files.readAllLines(folder.resolve("starts"))).hasSize(1);

        script("echo 'version 1.3.0-beta'");
        assertThat(claude.look().version()).contains("1.3.0-beta");

        script("exit 1");
        assertThat(claude.look().version()).isEmpty();
        clock.advance(Duration.ofHours(1));
        assertThat(claude.look().version()).isEmpty();
    }
}
