package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole service with CLIs that do what the real one will not do on demand; see src/test/cli/claude. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
@Tag("full")
class StubbornCliTest {

    @Test
    void aHundredMegabytesOfOutputAreRecordedInOrder() {
        String id = Jobs.submit("stub-flood", "go");

        List<SseEvent> events = Jobs.events(id);

        assertThat(events.stream().filter(event -> event.is("message"))).hasSize(102_400);
        assertThat(events.stream().map(SseEvent::id))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, events.size()).boxed().toList());
        assertThat(Jobs.get(id).getString("result")).isEqualTo("flooded");
    }

    @Test
    void aLineOfTwentyMegabytesIsKeptWhole() {
        String id = Jobs.submit("stub-long-line", "go");

        SseEvent message = Jobs.events(id).stream()
                .filter(event -> event.is("message"))
                .findFirst()
                .orElseThrow();

        assertThat(message.text()).hasSize(20_000_000).matches("y+");
        assertThat(Jobs.get(id).getString("status")).isEqualTo("completed");
    }

    @Test
    void aLineBeyondTheLimitIsCutAndTheJobGoesOn() {
        String id = Jobs.submit("stub-too-long-line", "go");

        SseEvent output = Jobs.events(id).stream()
                .filter(event -> event.is("output"))
                .findFirst()
                .orElseThrow();

        assertThat(output.json().getString("line").length()).isLessThan(34_000_000);
        assertThat(output.json().getLong("dropped_bytes")).isEqualTo(40_000_000 - 33_554_432);
        assertThat(Jobs.get(id).getString("status")).isEqualTo("completed");
    }

    @Test
    void bytesThatAreNotUtf8AreReplacedAndKept() {
        String id = Jobs.submit("stub-invalid-utf8", "go");

        SseEvent output = Jobs.events(id).stream()
                .filter(event -> event.is("output"))
                .findFirst()
                .orElseThrow();

        assertThat(output.json().getString("line")).isEqualTo("broken \uFFFD\uFFFD bytes");
        assertThat(Jobs.get(id).getString("status")).isEqualTo("completed");
    }

    @Test
    void aResultWithoutALineFeedCounts() {
        JsonPath job = Jobs.run("stub-no-newline", "go");

        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(job.getString("result")).isEqualTo("unterminated");
    }

    @Test
    void aFloodOnStderrIsRecordedAndItsEndIsShown() {
        JsonPath job = Jobs.run("stub-stderr-flood", "go");

        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(job.getString("stderr")).endsWith("the last complaint");
        assertThat(job.getString("stderr").length()).isLessThan(10_000);
    }

    @Test
    void noOutputAtAllIsAFailedStart() {
        JsonPath job = Jobs.run("stub-silent-exit", "go");

        assertThat(job.getString("status")).isEqualTo("failed");
        assertThat(job.getString("reason")).isEqualTo("start");
        assertThat(job.getInt("exit_code")).isZero();
        assertThat(job.getList("output")).isEmpty();
    }

    @Test
    void whatACliSaysAsItFailsToStartIsTheError() {
        JsonPath job = Jobs.run("stub-start-error", "go");

        assertThat(job.getString("reason")).isEqualTo("start");
        assertThat(job.getString("error")).contains("error: unknown option");
        assertThat(job.getString("stderr")).isEqualTo("error: unknown option");
    }

    @Test
    void anExitWithoutAResultFailsTheJob() {
        JsonPath job = Jobs.run("stub-exit-3", "go");

        assertThat(job.getString("status")).isEqualTo("failed");
        assertThat(job.getString("reason")).isEqualTo("no_result");
        assertThat(job.getInt("exit_code")).isEqualTo(3);
        assertThat(job.getString("error")).contains("cannot go on");
    }

    @Test
    void theLastOfSeveralResultsCounts() {
        String id = Jobs.submit("stub-after-result", "go");

        List<SseEvent> events = Jobs.events(id);

        assertThat(events.stream().map(SseEvent::event))
                .containsExactly("status", "status", "result", "message", "result", "status");
        assertThat(Jobs.get(id).getString("result")).isEqualTo("second");
        assertThat(Jobs.get(id).getDouble("total_cost_usd")).isEqualTo(0.02);
        assertThat(Jobs.get(id).getList("output")).hasSize(1);
    }

    @Test
    void aCliThatNeitherReadsNorListensIsEndedByTheTimeout() {
        String prompt = "x".repeat(1 << 20);
        String id = Jobs.submit(Map.of("agent", "stub-deaf", "prompt", prompt, "timeout_seconds", 1));

        JsonPath job = Jobs.awaitFinal(id);

        assertThat(job.getString("status")).isEqualTo("timeout");
        assertThat(job.getString("reason")).isEqualTo("wall_clock");
        assertThat(job.getInt("exit_code")).isEqualTo(137);
    }

    @Test
    void aCliThatStaysAfterItsResultIsEndedAndItsResultStands() {
        JsonPath job = Jobs.run("stub-stays", "go");

        assertThat(job.getString("status")).isEqualTo("completed");
        assertThat(job.getString("result")).isEqualTo("stayed");
    }

    @Test
    void anAgentThatTheCliDoesNotKnowGetsNoPrompt() {
        JsonPath job = Jobs.run("stub-unknown", "go");

        assertThat(job.getString("status")).isEqualTo("failed");
        assertThat(job.getString("reason")).isEqualTo("unknown_agent");
    }

    @Test
    void linesOfNoKnownShapeAreKeptAsTheyCame() {
        String id = Jobs.submit("stub-null-lines", "go");

        List<String> lines = Jobs.events(id).stream()
                .filter(event -> event.is("output"))
                .map(event -> event.json().getString("line"))
                .toList();

        assertThat(lines)
                .containsExactly(
                        "null", "42", "", "[]", "{\"type\":7}", "{\"type\":\"news\",\"x\":1}", "1e99999999999");
        assertThat(Jobs.get(id).getString("status")).isEqualTo("completed");
    }
}
