package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobSpec;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Outcome;
import io.agentservice.job.RunCost;
import io.agentservice.job.RunCost.ModelCost;
import io.agentservice.job.Submitter;
import io.agentservice.job.Tokens;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class JobJsonTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final ObjectMapper json = new ObjectMapper();

    JobJsonTest() {
        json.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(Integer.MAX_VALUE)
                        .build());
    }

    @Test
    void aQueuedJobHasEveryFieldAndNullWhereThereIsNothingToSay() throws IOException {
        JsonNode shown = shown(queued(Json.EMPTY_OBJECT));

        assertThat(shown.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "job_id",
                        "status",
                        "agent",
                        "model",
                        "metadata",
                        "max_budget_usd",
                        "timeout_seconds",
                        "priority",
                        "concurrency_key",
                        "repository",
                        "ref",
                        "queue",
                        "created_at",
                        "started_at",
                        "finished_at",
                        "attempt",
                        "session_id",
                        "reason",
                        "error",
                        "exit_code",
                        "stderr",
                        "result",
                        "structured_output",
                        "total_cost_usd",
                        "cost_estimated",
                        "usage",
                        "num_turns",
                        "permission_denials",
                        "output",
                        "links");
        assertThat(shown.get("exit_code").isNull()).isTrue();
        assertThat(shown.get("result").isNull()).isTrue();
        assertThat(shown.get("output")).isEmpty();
    }

    @Test
    void aCompletedJobShowsItsResultTwice() throws IOException {
        String line =
                "{\"type\":\"result\",\"result\":\"done\",\"total_cost_usd\":0.0012000000000000001,\"num_turns\":2}";

        JsonNode shown = shown(completed(line));

        assertThat(shown.get("result").asText()).isEqualTo("done");
        assertThat(shown.get("num_turns").asInt()).isEqualTo(2);
        assertThat(shown.get("output").get(0).asText()).isEqualTo(line);
    }

    @Test
    void aResultOfTwentyFiveMegabytesIsShown() throws IOException {
        String text = "x".repeat(25_000_000);

        JsonNode shown = shown(completed("{\"type\":\"result\",\"result\":\"%s\"}".formatted(text)));

        assertThat(shown.get("result").asText()).isEqualTo(text);
    }

    @Test
    void aFailedJobSaysWhy() throws IOException {
        Job running = queued(Json.EMPTY_OBJECT).to(JobStatus.RUNNING, NOW).job();
        Job failed = running.to(Outcome.notRun(JobStatus.FAILED, FailureReason.UNKNOWN_AGENT, "no such agent"), NOW)
                .job();

        JsonNode shown = shown(failed);

        assertThat(shown.get("status").asText()).isEqualTo("failed");
        assertThat(shown.get("reason").asText()).isEqualTo("unknown_agent");
        assertThat(shown.get("error").asText()).isEqualTo("no such agent");
        assertThat(shown.get("finished_at").asText()).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void metadataIsShownAsItCame() throws IOException {
        String metadata = "{\"version\":1.10,\"big\":1E+400,\"text\":\"ü 🙂 \\u2028\"}";

        String shown = new String(
                JobJson.encode(queued(new Json(metadata)), "queued", Optional.empty()), StandardCharsets.UTF_8);

        assertThat(shown).contains("\"metadata\":" + metadata);
    }

    @Test
    void theCostIsThatOfAllRuns() throws IOException {
        var first = new RunCost(List.of(new ModelCost("opus", Tokens.NONE, new BigDecimal("0.25"))), true);
        Job again = queued(Json.EMPTY_OBJECT)
                .to(JobStatus.RUNNING, NOW)
                .job()
                .interrupted(first)
                .job();

        JsonNode shown = shown(again);

        assertThat(shown.get("total_cost_usd").decimalValue()).isEqualByComparingTo("0.25");
        assertThat(shown.get("cost_estimated").asBoolean()).isTrue();
        assertThat(shown(queued(Json.EMPTY_OBJECT)).get("total_cost_usd").isNull())
                .as("a job that has had no run has no cost")
                .isTrue();
    }

    @Test
    void halfACharacterInWhatAnAgentSaidDoesNotBreakTheAnswer() throws IOException {
        JsonNode shown = shown(completed("{\"type\":\"result\",\"result\":\"a\\ud83d\"}"));

        assertThat(shown.get("result").asText()).startsWith("a");
    }

    private static Job queued(Json metadata) {
        var limits = new JobSpec.Limits(new BigDecimal("5.0"), Duration.ofMinutes(45));
        var spec = new JobSpec("do it", "helper", Optional.empty(), limits, JobSpec.Placement.USUAL, metadata);
        var id = new JobId("019b76da-a87b-7000-8000-000000000000");
        return Job.accepted(id, spec, new Submitter("ci"), "2f1c8c6e-0000-4000-8000-000000000001", NOW);
    }

    private static Job completed(String resultLine) {
        var outcome = new Outcome(
                JobStatus.COMPLETED,
                Optional.empty(),
                Optional.empty(),
                OptionalInt.of(0),
                Optional.of(new Json(resultLine)),
                "");
        return queued(Json.EMPTY_OBJECT)
                .to(JobStatus.RUNNING, NOW)
                .job()
                .to(outcome, NOW)
                .job();
    }

    private JsonNode shown(Job job) throws IOException {
        return json.readTree(JobJson.encode(job, job.status().wireName(), Optional.empty()));
    }
}
