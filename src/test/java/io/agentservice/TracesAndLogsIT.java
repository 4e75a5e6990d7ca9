package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.testing.Jobs;
import io.agentservice.testing.OtlpCollector;
import io.agentservice.testing.OtlpCollector.SpanSeen;
import io.agentservice.testing.ServiceProcess;
import io.agentservice.testing.ServiceUnderTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a collector and a reader of JSON lines get from the packaged service, through a kill. */
@Tag("native")
class TracesAndLogsIT {

    private static final String CALLER = "00f067aa0ba902b7";
    private static final Set<String> KEYS =
            Set.of("jobId", "agent", "attempt", "submitter", "status", "reason", "traceId");

    private final ServiceUnderTest surroundings = new ServiceUnderTest();
    private final Map<String, String> config = new HashMap<>();
    private final List<String> log = new ArrayList<>();
    private OtlpCollector collector;
    private ServiceProcess service;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws Exception {
        collector = OtlpCollector.start();
        config.putAll(surroundings.start());
        config.put("LOG_FORMAT", "json");
        config.put("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
        config.put("AGENT_TELEMETRY", "true");
        service = ServiceProcess.start(config);
    }

    @AfterEach
    void stop() {
        service.close();
        surroundings.stop();
        collector.close();
    }

    private static String submit(String traceId, String agent, String prompt) {
        return Jobs.authorized()
                .header("traceparent", "00-%s-%s-01".formatted(traceId, CALLER))
                .contentType("application/json")
                .body(Map.of("agent", agent, "prompt", prompt, "metadata", Map.of("mark", "marked-metadata")))
                .post("/execute")
                .then()
                .statusCode(202)
                .extract()
                .path("job_id");
    }

    private SpanSeen awaitSpan(String traceId, String name) {
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> collector.trace(traceId).stream()
                                .filter(span -> span.name().equals(name))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    @Test
    @Tag("full")
    void aJobIsOneTraceAndALineForEachStatusAndNeitherTellsWhatWasSaid() throws Exception {
        String completed = "4bf92f3577b34da6a3ce929d0e0e4736";
        String failed = "4bf92f3577b34da6a3ce929d0e0e4737";
        String killed = "4bf92f3577b34da6a3ce929d0e0e4738";
        String done = submit(completed, "issue-responder", """
                marked-prompt <<fake [{"tool":"Bash","input":{"command":"echo marked-o''utput >&2; echo $TRACEPARENT"}},
                {"text":"marked-words"}]>>""");
        String broken = submit(failed, "stub-exit-3", "marked-prompt");
        assertThat(Jobs.awaitFinal(done).getString("status")).isEqualTo("completed");
        assertThat(Jobs.awaitFinal(broken).getString("status")).isEqualTo("failed");
        Path signal = folder.resolve("go");
        String cutOff = submit(killed, "stub-waits", "marked-prompt wait-for:" + signal);
        awaitSpan(killed, "workspace");

        service.kill();
        assertThat(service.awaitExit(20)).isTrue();
        log.addAll(service.log());
        Files.createFile(signal);
        service = ServiceProcess.start(config);
        assertThat(Jobs.awaitFinal(cutOff).getString("status")).isEqualTo("completed");

        isOneTrace(completed, "queue", "workspace", "process", "job");
        isOneTrace(failed, "queue", "workspace", "process", "job");
        isOneTrace(killed, "queue", "workspace", "process", "queue", "workspace", "process", "job");
        theAgentIsPartOfIt(completed, done);
        theEndIsTold(failed, killed);
        service.terminate();
        assertThat(service.awaitExit(20)).isTrue();
        log.addAll(service.log());
        thereIsALineForEachStatus(done, completed, List.of("queued", "running", "completed"));
        thereIsALineForEachStatus(broken, failed, List.of("queued", "running", "failed"));
        thereIsALineForEachStatus(cutOff, killed, List.of("queued", "running", "queued", "running", "completed"));
        nothingOfItWasTold();
    }

    /** Each span hangs on another of them, and the first on the caller's. */
    private void isOneTrace(String traceId, String... ours) {
        SpanSeen job = awaitSpan(traceId, "job");
        SpanSeen request = awaitSpan(traceId, "POST /execute");
        List<SpanSeen> spans = collector.trace(traceId);
        Set<String> ids = spans.stream().map(SpanSeen::id).collect(Collectors.toCollection(HashSet::new));
        ids.add(CALLER);

        assertThat(request.parent()).isEqualTo(CALLER);
        assertThat(job.parent()).isEqualTo(request.id());
        assertThat(spans).as("%s", collector).allSatisfy(span -> assertThat(ids).contains(span.parent()));
        assertThat(spans.stream()
                        .filter(span -> span.from().equals("claude-agent-service") && !span.equals(request))
                        .map(SpanSeen::name))
                .containsExactlyInAnyOrder(ours);
        assertThat(spans.stream()
                        .filter(span -> List.of("queue", "workspace", "process").contains(span.name()))
                        .map(SpanSeen::parent))
                .containsOnly(job.id());
        assertThat(spans.stream().map(SpanSeen::id)).doesNotHaveDuplicates();
    }

    private void theAgentIsPartOfIt(String traceId, String job) {
        SpanSeen process = awaitSpan(traceId, "process");
        assertThat(collector.trace(traceId).stream()
                        .filter(span -> span.from().equals("claude-code"))
                        .map(SpanSeen::parent))
                .contains(process.id());
        assertThat(Jobs.events(job).toString()).contains(traceId);
        assertThat(collector.requests("/v1/metrics")).isPositive();
    }

    private void theEndIsTold(String failed, String killed) {
        SpanSeen job = awaitSpan(failed, "job");
        assertThat(job.isError()).isTrue();
        assertThat(job.attribute("job.status")).isEqualTo("failed");
        assertThat(job.attribute("job.reason")).isEqualTo("no_result");
        assertThat(awaitSpan(killed, "job").isError()).isFalse();
        assertThat(collector.trace(killed).stream()
                        .filter(span -> span.name().equals("process"))
                        .map(span -> span.attribute("job.reason")))
                .containsExactlyInAnyOrder("interrupted", "");
    }

    private void thereIsALineForEachStatus(String job, String traceId, List<String> statuses) throws Exception {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : log) {
            JsonNode read = new ObjectMapper().readTree(line);
            if (read.path("message").asText().startsWith("job is ")
                    && read.at("/mdc/jobId").asText().equals(job)) {
                lines.add(read);
            }
        }
        assertThat(lines).extracting(line -> line.at("/mdc/status").asText()).isEqualTo(statuses);
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.at("/mdc/traceId").asText()).isEqualTo(traceId);
            assertThat(line.at("/mdc/submitter").asText()).isNotEmpty();
            Set<String> keys = new TreeSet<>();
            line.path("mdc").fieldNames().forEachRemaining(keys::add);
            assertThat(KEYS).containsAll(keys);
        });
    }

    private void nothingOfItWasTold() {
        for (String mark : List.of(
                "marked-prompt",
                "marked-o",
                "marked-words",
                "marked-metadata",
                "cannot go on",
                ServiceUnderTest.TOKEN,
                "placeholder")) {
            assertThat(log).as("the log").noneMatch(line -> line.contains(mark));
            assertThat(collector.hasSeen(mark))
                    .as("the collector has seen " + mark)
                    .isFalse();
        }
    }
}
