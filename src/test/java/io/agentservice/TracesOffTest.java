package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Without a collector nothing is traced, but a job knows whose it is. */
@Tag("full")
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class TracesOffTest {

    @Test
    void nothingWaitsForSpansToSend() {
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.matches("(?i).*(batch|span|otel|otlp|telemetry).*"));
    }

    @ParameterizedTest
    @CsvSource({
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01, nothing",
        "4bf92f3577b34da6a3ce929d0e0e4736, nothing"
    })
    void theAgentsProcessKnowsTheCallersPlaceIfThatIsOne(String sent, String known) {
        String id = Jobs.authorized()
                .header("traceparent", sent)
                .contentType("application/json")
                .body(Map.of("agent", "issue-responder", "prompt", """
                        <<fake [{"tool":"Bash","input":{"command":"echo place=${TRACEPARENT:-nothing} t=$CLAUDE_CODE_ENABLE_TELEMETRY."}},
                        {"text":"done"}]>>"""))
                .post("/execute")
                .then()
                .statusCode(202)
                .extract()
                .path("job_id");

        assertThat(Jobs.awaitFinal(id).getString("status")).isEqualTo("completed");

        assertThat(Jobs.events(id).stream()
                        .filter(event -> event.is("tool_result"))
                        .toList())
                .asString()
                .contains("place=" + known + " t=.");
    }
}
