package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.job.Delta;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.job.Json;
import io.agentservice.job.Submitter;
import io.agentservice.store.EventJson;
import io.agentservice.store.StatusChange;
import io.agentservice.store.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseFramesTest {

    @Test
    void anEventHasItsSequenceItsTypeAndItsData() {
        byte[] frame = SseFrames.of(new StoredEvent(42, "tool_call", new Json("{\"name\":\"grün\"}")));

        assertThat(text(frame)).isEqualTo("id: 42\nevent: tool_call\ndata: {\"name\":\"grün\"}\n\n");
    }

    @Test
    void aDeltaHasNoId() {
        byte[] frame = SseFrames.of(new Delta("text", "he", Optional.empty()));

        assertThat(text(frame)).isEqualTo("event: delta\ndata: {\"kind\":\"text\",\"text\":\"he\"}\n\n");
    }

    @Test
    void aDeltaOfASubAgentNamesItsParent() {
        byte[] frame = SseFrames.of(new Delta("thinking", "hm", Optional.of("t1")));

        assertThat(text(frame))
                .isEqualTo("event: delta\ndata: {\"kind\":\"thinking\",\"text\":\"hm\",\"parent\":\"t1\"}\n\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a\nb", "a\r\nb", "a\rb", "\n\nid: 7\n\n", "a\u2028b", "a\u0085b", "🙂", "\ud83d", "\u0000"})
    void whateverIsSaidAFrameHasOneLineOfData(String said) throws Exception {
        Json data = EventJson.encode(new JobEvent.Output(said), Instant.EPOCH);

        for (byte[] frame : new byte[][] {
            SseFrames.of(new StoredEvent(1, "output", data)), SseFrames.of(new Delta("text", said, Optional.empty()))
        }) {
            String text = text(frame);
            assertThat(text.substring(0, text.length() - 2))
                    .doesNotContain("\r", "\n\n")
                    .endsWith("}");
            assertThat(text.lines().filter(line -> line.startsWith("data: "))).hasSize(1);
            new ObjectMapper().readTree(text.substring(text.indexOf("data: ") + 6));
        }
    }

    @Test
    void theGreetingAndTheHeartbeatAreNoEvents() {
        assertThat(text(SseFrames.greeting(0))).isEqualTo("retry: 2000\n\n");
        assertThat(text(SseFrames.greeting(7))).isEqualTo("retry: 2000\nid: 7\n\n");
        assertThat(text(SseFrames.HEARTBEAT)).startsWith(":").endsWith("\n\n");
    }

    @Test
    void aChangeOfStatusIsTheEventOfItsJobAndSaysWhichJobThatIs() throws Exception {
        var event = new StoredEvent(3, "status", new Json("{\"at\":\"2026-11-24T10:00:00Z\",\"status\":\"running\"}"));
        var id = new JobId("01a20c8b-2b0e-7fb5-9c35-affc5a8a2002");
        var job =
                new StatusChange.Subject(id, "reader", new Submitter("api"), new Json("{\"t\":17}"), Map.of("t", "17"));

        String text = text(SseFrames.of(new StatusChange(99, job, event)));

        assertThat(text).startsWith("id: 99\nevent: status\ndata: {").endsWith("}\n\n");
        var data = new ObjectMapper().readTree(text.substring(text.indexOf("data: ") + 6));
        assertThat(data).isEqualTo(new ObjectMapper().readTree("""
                                {"job_id": "01a20c8b-2b0e-7fb5-9c35-affc5a8a2002", "agent": "reader", "sequence": 3,
                                 "metadata": {"t": 17}, "at": "2026-11-24T10:00:00Z", "status": "running"}"""));
    }

    private static String text(byte[] frame) {
        return new String(frame, StandardCharsets.UTF_8);
    }
}
