package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.job.FailureReason;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Outcome;
import io.agentservice.process.OutputLine;
import io.agentservice.process.ProcessExit;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaudeConversationTest {

    private static final String CLOSED = "(closed)";
    private static final String INITIALIZED = """
            {"type":"control_response","response":{"subtype":"success","request_id":"initialize",\
            "response":{"agents":[{"name":"claude"},{"name":"helper"}]}}}""";

    private final ObjectMapper json = ClaudeStreamParser.mapper();
    /** What the process was sent, and when its input was closed. */
    private final List<String> sent = new ArrayList<>();

    private final ClaudeConversation conversation = conversation("do it", "helper");

    private ClaudeConversation conversation(String prompt, String agent) {
        return new ClaudeConversation(
                AgentRuns.of(prompt, agent),
                new AgentCli.AgentInput(sent::add, () -> sent.add(CLOSED)),
                new ClaudeBill(new Transcript(Path.of("/nowhere"), "s", json), Instant.EPOCH),
                json);
    }

    @Test
    void itBeginsByAskingWhoIsThere() throws Exception {
        conversation.begin();

        assertThat(sent).hasSize(1);
        assertThat(json.readTree(sent.get(0)))
                .isEqualTo(
                        json.readTree(
                                "{\"type\":\"control_request\",\"request_id\":\"initialize\",\"request\":{\"subtype\":\"initialize\"}}"));
    }

    @Test
    void thePromptFollowsTheAnswer() throws Exception {
        conversation.read(stdout(INITIALIZED));

        assertThat(sent).hasSize(1);
        assertThat(json.readTree(sent.get(0)))
                .isEqualTo(
                        json.readTree(
                                "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"do it\"}]}}"));
        assertThat(conversation.isOver()).isFalse();
    }

    @Test
    void thePromptIsSentOnce() {
        conversation.read(stdout(INITIALIZED));

        conversation.read(stdout(INITIALIZED));

        assertThat(sent).hasSize(1);
    }

    @Test
    void theAnswerIsNotAnEvent() {
        var reading = conversation.read(stdout(INITIALIZED));

        assertThat(reading).isEqualTo(AgentConversation.Reading.NOTHING);
    }

    @Test
    void theAnswerToAnotherRequestDoesNotSendThePrompt() {
        conversation.read(stdout(INITIALIZED.replace("\"request_id\":\"initialize\"", "\"request_id\":\"interrupt\"")));

        assertThat(sent).isEmpty();
    }

    @Test
    void initNeitherSendsNorEndsAnything() {
        conversation.read(stdout("{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":\"s\"}"));
        conversation.read(stdout("{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":\"s\"}"));

        assertThat(sent).isEmpty();
        assertThat(conversation.isOver()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/cost", "//x", "/", "-p", "!ls", "@/etc/passwd", "a\nb", "quote \" and \\", "ü🙂\u2028"})
    void thePromptReachesTheModelAsItIs(String prompt) throws Exception {
        conversation(prompt, "helper").read(stdout(INITIALIZED));

        JsonNode content = json.readTree(sent.get(0)).path("message").path("content");
        var text = new StringBuilder();
        content.forEach(block -> text.append(block.path("text").asText()));
        assertThat(text.toString().stripLeading()).isEqualTo(prompt);
        assertThat(content.get(content.size() - 1).path("text").asText()).doesNotStartWith("/");
        assertThat(sent.get(0)).doesNotContain("\n");
    }

    @Test
    void anAgentThatTheCliDoesNotKnowGetsNoPrompt() {
        var stranger = conversation("do it", "ghost");

        stranger.read(stdout(INITIALIZED));

        assertThat(sent).containsExactly(CLOSED);
        assertThat(stranger.isOver()).isTrue();
        assertThat(stranger.outcome(new ProcessExit(0, 0)).reason()).contains(FailureReason.UNKNOWN_AGENT);
    }

    @Test
    void anAnswerThatIsAnErrorEndsTheConversationAndSaysWhy() {
        conversation.read(stdout("""
                {"type":"control_response","response":{"subtype":"error","request_id":"initialize","error":"too old"}}"""));

        assertThat(sent).containsExactly(CLOSED);
        assertThat(conversation.outcome(new ProcessExit(1, 0)).error().orElseThrow())
                .endsWith("too old");
    }

    @Test
    void theResultEndsTheInput() {
        var reading = conversation.read(stdout("{\"type\":\"result\",\"is_error\":false,\"result\":\"done\"}"));

        assertThat(sent).containsExactly(CLOSED);
        assertThat(conversation.isOver()).isTrue();
        assertThat(reading.events())
                .containsExactly(new JobEvent.Result(false, Optional.of("done"), Json.EMPTY_OBJECT));
        assertThat(conversation.outcome(new ProcessExit(0, 0)).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void aResultWithMessagesWaitingIsNotTheEnd() {
        conversation.read(stdout("{\"type\":\"result\",\"is_error\":false,\"queued_turn_count\":1}"));

        assertThat(sent).isEmpty();
        assertThat(conversation.isOver()).isFalse();
    }

    @Test
    void aSecondResultReplacesTheFirst() {
        conversation.read(stdout("{\"type\":\"result\",\"is_error\":false,\"result\":\"first\"}"));
        conversation.read(stdout("{\"type\":\"result\",\"is_error\":false,\"result\":\"second\"}"));

        Outcome outcome = conversation.outcome(new ProcessExit(0, 0));

        assertThat(outcome.resultLine().orElseThrow().text()).contains("second");
        assertThat(conversation.isOver()).isTrue();
    }

    @Test
    void aRequestThatNobodyHereCanAnswerIsRefused() throws Exception {
        String request = """
                {"type":"control_request","request_id":"r7","request":{"subtype":"can_use_tool","tool_name":"Bash"}}""";

        var reading = conversation.read(stdout(request));

        JsonNode answer = json.readTree(sent.get(0));
        assertThat(answer.path("type").asText()).isEqualTo("control_response");
        assertThat(answer.path("response").path("subtype").asText()).isEqualTo("error");
        assertThat(answer.path("response").path("request_id").asText()).isEqualTo("r7");
        assertThat(reading.events()).containsExactly(new JobEvent.Output(request));
    }

    @Test
    void anInterruptAsksForTheResultAndEndsTheInput() throws Exception {
        conversation.interrupt();

        assertThat(sent).hasSize(2).endsWith(CLOSED);
        assertThat(json.readTree(sent.get(0)))
                .isEqualTo(
                        json.readTree(
                                "{\"type\":\"control_request\",\"request_id\":\"interrupt\",\"request\":{\"subtype\":\"interrupt\"}}"));
        assertThat(conversation.isOver()).isFalse();
    }

    @Test
    void deltasAreShownAndNotRecorded() {
        var reading = conversation.read(stdout("""
                {"type":"stream_event","event":{"delta":{"type":"text_delta","text":"he"}}}"""));

        assertThat(reading.events()).isEmpty();
        assertThat(reading.deltas()).hasSize(1);
    }

    @Test
    void stderrIsAnEventAndNoWordOfTheAgent() {
        var reading = conversation.read(new OutputLine(OutputLine.Source.STDERR, "oh no", 0));

        assertThat(reading.events()).containsExactly(new JobEvent.Stderr("oh no"));
        assertThat(conversation.outcome(new ProcessExit(1, 0)).reason()).contains(FailureReason.START);
        assertThat(conversation.outcome(new ProcessExit(1, 0)).stderrTail()).isEqualTo("oh no");
    }

    @Test
    void aResultOnStderrIsNone() {
        conversation.read(new OutputLine(OutputLine.Source.STDERR, "{\"type\":\"result\",\"is_error\":false}", 0));

        assertThat(conversation.isOver()).isFalse();
        assertThat(sent).isEmpty();
    }

    @Test
    void aLineThatWasCutIsKeptAndSaysSo() {
        var reading = conversation.read(new OutputLine(OutputLine.Source.STDOUT, "{\"type\":\"assis", 42));

        assertThat(reading.events()).containsExactly(new JobEvent.Output("{\"type\":\"assis", 42));
        assertThat(conversation.outcome(new ProcessExit(0, 0)).reason()).contains(FailureReason.NO_RESULT);
    }

    @Test
    void whateverIsSaidTheConversationGoesOn() {
        for (String line :
                List.of("", "null", "[]", "{\"type\":\"control_response\"}", "{\"type\":\"control_request\"}")) {
            conversation.read(stdout(line));
        }
        conversation.read(stdout(INITIALIZED));

        assertThat(sent.get(sent.size() - 1)).contains("do it");
    }

    private static OutputLine stdout(String text) {
        return new OutputLine(OutputLine.Source.STDOUT, text, 0);
    }
}
