package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.job.JobStatus;
import io.agentservice.process.Sandbox;
import io.agentservice.process.Sandboxes;
import io.agentservice.testing.Jobs;
import io.agentservice.testing.Processes;
import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs that misbehave in every way at once, in every sandbox that this machine has; see src/test/cli/claude. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
@Tag("full")
class ChaosTest {

    private static final Map<String, JobStatus> EXPECTED = Map.of(
            "traps", JobStatus.TIMEOUT,
            "daemon", JobStatus.COMPLETED,
            "children", JobStatus.COMPLETED,
            "grandchild", JobStatus.COMPLETED,
            "deaf", JobStatus.TIMEOUT,
            "silent-exit", JobStatus.FAILED,
            "stays", JobStatus.COMPLETED,
            "start-error", JobStatus.FAILED);

    @Inject
    Sandboxes sandboxes;

    @ConfigProperty(name = "agent-service.workspace.jobs-directory")
    Path jobsDirectory;

    @Test
    void eachEndsOnceAndLeavesNothing() {
        Map<String, String> agents = new HashMap<>();
        for (Sandbox sandbox : sandboxes.available()) {
            for (String stub : ServiceUnderTest.CHAOS) {
                String agent = "stub-" + stub + "--" + sandbox.wireName();
                agents.put(Jobs.submit(Map.of("agent", agent, "prompt", "go", "timeout_seconds", 4)), agent);
            }
        }

        agents.forEach(this::endsOnceAndLeavesNothing);
    }

    private void endsOnceAndLeavesNothing(String id, String agent) {
        JsonPath job = Jobs.awaitFinal(id);
        List<String> survivors = Processes.with(job.getString("session_id"));

        String stub = agent.substring("stub-".length(), agent.indexOf("--"));
        assertThat(job.getString("status"))
                .as(agent)
                .isEqualTo(EXPECTED.get(stub).wireName());
        assertThat(jobsDirectory.resolve("runs").resolve(id)).as(agent).doesNotExist();
        assertThat(finalStatuses(id)).as(agent).hasSize(1);
        if (agent.equals("stub-daemon--none")) {
            // The one that only the kernel can catch: docs/supervision.md says so.
            assertThat(survivors).as(agent).hasSize(1);
            end("loiter-" + job.getString("session_id"));
        } else {
            assertThat(survivors).as(agent).isEmpty();
        }
    }

    private static List<String> finalStatuses(String id) {
        return Jobs.events(id).stream()
                .filter(event -> event.is("status"))
                .map(event -> event.json().getString("status"))
                .filter(Objects::nonNull)
                .filter(status -> JobStatus.fromWireName(status).isFinal())
                .toList();
    }

    private static void end(String token) {
        ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains(token))
                        .isPresent())
                .forEach(ProcessHandle::destroyForcibly);
    }
}
