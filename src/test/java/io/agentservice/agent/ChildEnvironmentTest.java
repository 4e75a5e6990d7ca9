package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.process.ProcessSpec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChildEnvironmentTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PATH",
                "LANG",
                "TZ",
                "HTTPS_PROXY",
                "no_proxy",
                "SSL_CERT_FILE",
                "NODE_EXTRA_CA_CERTS",
                "ANTHROPIC_BASE_URL"
            })
    void whatTheCliNeedsIsPassedOn(String name) {
        assertThat(environment(Map.of(name, "ours"), Map.of())).containsEntry(name, "ours");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "API_BEARER_TOKEN",
                // It gets one of those that there are, but not ours by chance.
                "ANTHROPIC_API_KEY",
                "CLAUDE_CODE_OAUTH_TOKEN",
                "GIT_CRYPT_KEY",
                "VAULT_TOKEN",
                "AWS_SECRET_ACCESS_KEY",
                "QUARKUS_DATASOURCE_PASSWORD",
                "JAVA_TOOL_OPTIONS",
                "LD_PRELOAD",
                "NODE_OPTIONS",
                "ANTHROPIC_AUTH_TOKEN",
                "path",
                "Path",
                "ANY"
            })
    void nothingElseOfOursIs(String name) {
        assertThat(environment(Map.of(name, "ours"), Map.of())).doesNotContainKey(name);
    }

    @Test
    void theRunHasFoldersOfItsOwn() {
        Map<String, String> child = environment(Map.of("HOME", "/root", "TMPDIR", "/tmp"), Map.of());

        assertThat(child.get("HOME")).startsWith(directory.toString());
        assertThat(child.get("TMPDIR")).startsWith(directory.toString()).isEqualTo(child.get("CLAUDE_CODE_TMPDIR"));
        assertThat(child.get("CLAUDE_CONFIG_DIR"))
                .startsWith(directory.toString())
                .doesNotStartWith(child.get("HOME"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HOME", "TMPDIR", "CLAUDE_CODE_TMPDIR", "CLAUDE_CONFIG_DIR", ProcessSpec.MARKER})
    void aPolicyCannotMoveARunOutOfItsFoldersOrHideIt(String name) {
        assertThat(environment(Map.of(), Map.of(name, "elsewhere")).get(name))
                .isNotNull()
                .isNotEqualTo("elsewhere");
    }

    @Test
    void aPolicyAddsVariablesAndMayReplaceOurs() {
        Map<String, String> child = environment(
                Map.of("TZ", "UTC", "PATH", "/bin"), Map.of("TZ", "Europe/Berlin", "TF_IN_AUTOMATION", "1"));

        assertThat(child)
                .containsEntry("TZ", "Europe/Berlin")
                .containsEntry("TF_IN_AUTOMATION", "1")
                .containsEntry("PATH", "/bin");
    }

    @Test
    void theCliIsKeptQuietAndPredictable() {
        assertThat(environment(Map.of(), Map.of()))
                .containsEntry("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
                .containsEntry("DISABLE_AUTOUPDATER", "1")
                .containsEntry("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "1")
                .containsEntry("CLAUDE_CODE_DISABLE_FILE_MENTIONS", "1");
    }

    @Test
    void theMarkNamesJobAndAttempt() {
        assertThat(environment(Map.of(), Map.of())).containsEntry(ProcessSpec.MARKER, AgentRuns.ID + ".1");
    }

    private Map<String, String> environment(Map<String, String> ours, Map<String, String> policy) {
        return ChildEnvironment.of(AgentRuns.of("do it", "helper", directory, policy), new HashMap<>(ours));
    }
}
