package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobSpec;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Submitter;
import io.agentservice.process.ProcessSpec;
import io.agentservice.workspace.WorkspaceConfig;
import io.agentservice.workspace.Workspaces;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChildEnvironmentTest {

    private static final String ID = "019b76da-a87b-7000-8000-000000000000";

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
                "ANTHROPIC_API_KEY",
                "CLAUDE_CODE_OAUTH_TOKEN",
                "ANTHROPIC_BASE_URL"
            })
    void whatTheCliNeedsIsPassedOn(String name) throws IOException {
        assertThat(environment(Map.of(name, "ours"), Map.of())).containsEntry(name, "ours");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "API_BEARER_TOKEN",
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
    void nothingElseOfOursIs(String name) throws IOException {
        assertThat(environment(Map.of(name, "ours"), Map.of())).doesNotContainKey(name);
    }

    @Test
    void theRunHasFoldersOfItsOwn() throws IOException {
        Map<String, String> child = environment(Map.of("HOME", "/root", "TMPDIR", "/tmp"), Map.of());

        assertThat(child.get("HOME")).startsWith(directory.toString());
        assertThat(child.get("TMPDIR")).startsWith(directory.toString()).isEqualTo(child.get("CLAUDE_CODE_TMPDIR"));
        assertThat(child.get("CLAUDE_CONFIG_DIR"))
                .startsWith(directory.toString())
                .doesNotStartWith(child.get("HOME"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HOME", "TMPDIR", "CLAUDE_CODE_TMPDIR", "CLAUDE_CONFIG_DIR", ProcessSpec.MARKER})
    void aPolicyCannotMoveARunOutOfItsFoldersOrHideIt(String name) throws IOException {
        assertThat(environment(Map.of(), Map.of(name, "elsewhere")).get(name))
                .isNotNull()
                .isNotEqualTo("elsewhere");
    }

    @Test
    void aPolicyAddsVariablesAndMayReplaceOurs() throws IOException {
        Map<String, String> child = environment(
                Map.of("TZ", "UTC", "PATH", "/bin"), Map.of("TZ", "Europe/Berlin", "TF_IN_AUTOMATION", "1"));

        assertThat(child)
                .containsEntry("TZ", "Europe/Berlin")
                .containsEntry("TF_IN_AUTOMATION", "1")
                .containsEntry("PATH", "/bin");
    }

    @Test
    void theCliIsKeptQuietAndPredictable() throws IOException {
        assertThat(environment(Map.of(), Map.of()))
                .containsEntry("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
                .containsEntry("DISABLE_AUTOUPDATER", "1")
                .containsEntry("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "1")
                .containsEntry("CLAUDE_CODE_DISABLE_FILE_MENTIONS", "1");
    }

    @Test
    void theMarkNamesJobAndAttempt() throws IOException {
        assertThat(environment(Map.of(), Map.of())).containsEntry(ProcessSpec.MARKER, ID + ".1");
    }

    private Map<String, String> environment(Map<String, String> ours, Map<String, String> policy) throws IOException {
        var limits = new JobSpec.Limits(BigDecimal.ONE, Duration.ofMinutes(1));
        var spec = new JobSpec("do it", "helper", Optional.empty(), limits, Json.EMPTY_OBJECT);
        Job queued = Job.accepted(new JobId(ID), spec, new Submitter("ci"), "s", Instant.EPOCH);
        Job running = queued.to(JobStatus.RUNNING, Instant.EPOCH).job();
        var workspace = new Workspaces(new WorkspaceConfig() {
                    @Override
                    public Path directory() {
                        return directory;
                    }

                    @Override
                    public Path jobsDirectory() {
                        return directory.resolve("jobs");
                    }
                })
                .open(running.id());
        var run = new AgentRun(running, workspace, new AgentPolicy(PermissionMode.DEFAULT, Optional.empty(), policy));
        return ChildEnvironment.of(run, new HashMap<>(ours));
    }
}
