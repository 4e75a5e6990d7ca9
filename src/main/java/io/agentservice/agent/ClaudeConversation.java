package io.agentservice.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentservice.job.Delta;
import io.agentservice.job.JobEvent;
import io.agentservice.job.Outcome;
import io.agentservice.job.RunCost;
import io.agentservice.process.OutputLine;
import io.agentservice.process.ProcessExit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.StreamSupport;

/**
 * The control protocol with one CLI process:
 *
 * <pre>
 *   → initialize   ← its answer lists the agents: ours must be there, or the CLI would silently run another
 *   → the prompt   ← events …  ← result
 *   → end of input, and the process exits
 * </pre>
 */
final class ClaudeConversation implements AgentConversation {

    private static final String INITIALIZE = "initialize";
    private static final String INTERRUPT = "interrupt";
    private static final Integer UNAUTHORIZED = 401;
    private static final String GO_ON =
            "The run was interrupted and goes on now. Look at what is done already and go on from there.";
    /** Tools that start a sub-agent: while one is open, it is again the model that is waited for. */
    private static final Set<String> DELEGATING = Set.of("Agent", "Task");

    private final AgentRun run;
    private final AgentCli.AgentInput input;
    private final ClaudeBill bill;
    private final ObjectMapper json;
    private final ClaudeStreamParser parser;
    private final ClaudeVerdict verdict;
    private final Set<String> openToolCalls = ConcurrentHashMap.newKeySet();
    private boolean introduced;
    private volatile boolean over;
    private volatile boolean refused;

    ClaudeConversation(AgentRun run, AgentCli.AgentInput input, ClaudeBill bill, ObjectMapper json) {
        this.run = run;
        this.input = input;
        this.bill = bill;
        this.verdict = ClaudeVerdict.of(run.job().spec());
        this.parser = new ClaudeStreamParser(json);
        this.json = json;
    }

    @Override
    public void begin() {
        send(controlRequest(INITIALIZE));
    }

    @Override
    public Reading read(OutputLine line) {
        if (line.source() == OutputLine.Source.STDERR) {
            verdict.sawStderr(line.text());
            return Reading.of(new JobEvent.Stderr(line.text()));
        }
        if (line.droppedBytes() > 0) {
            verdict.sawStdout();
            return Reading.of(new JobEvent.Output(line.text(), line.droppedBytes()));
        }
        return understand(parser.parse(line.text()), line.text());
    }

    private Reading understand(ClaudeLine line, String raw) {
        verdict.sawStdout();
        if (line instanceof ClaudeLine.Recorded recorded) {
            recorded.events().forEach(this::saw);
            return new Reading(recorded.events(), List.of());
        }
        if (line instanceof ClaudeLine.Live live) {
            return new Reading(List.of(), live.delta().map(List::<Delta>of).orElse(List.of()));
        }
        if (line instanceof ClaudeLine.Metered metered) {
            return new Reading(bill.sawStreamEvent(metered.event()).stream().toList(), List.of());
        }
        if (line instanceof ClaudeLine.Result result) {
            return finishTurn(result, raw);
        }
        if (line instanceof ClaudeLine.Response response) {
            return answered(response);
        }
        return refuse((ClaudeLine.Request) line, raw);
    }

    private void saw(JobEvent event) {
        verdict.saw(event);
        if (event instanceof JobEvent.Retry retry
                && retry.httpStatus().filter(UNAUTHORIZED::equals).isPresent()) {
            // It would try for three minutes more.
            refused = true;
        }
        if (event instanceof JobEvent.ToolCall call && !DELEGATING.contains(call.name())) {
            openToolCalls.add(call.id());
        } else if (event instanceof JobEvent.ToolResult result) {
            openToolCalls.remove(result.toolCallId());
        }
    }

    /** The input ends with the last result. */
    private Reading finishTurn(ClaudeLine.Result result, String raw) {
        verdict.sawResult(result.body(), raw);
        bill.sawResult(result.body());
        refused |= result.body().path("api_error_status").asInt() == UNAUTHORIZED;
        openToolCalls.clear();
        if (result.isLast()) {
            end();
        }
        return Reading.of(result.event());
    }

    private Reading answered(ClaudeLine.Response response) {
        if (introduced || !response.requestId().equals(INITIALIZE)) {
            return Reading.NOTHING;
        }
        introduced = true;
        JsonNode agents = response.body().path("response").path("agents");
        String ours = run.job().spec().agent();
        boolean known = StreamSupport.stream(agents.spliterator(), false)
                .anyMatch(agent -> agent.path("name").asText().equals(ours));
        if (known) {
            send(prompt());
        } else {
            verdict.sawUnknownAgent(ours, response.body().path("error").asText(""));
            end();
        }
        return Reading.NOTHING;
    }

    /** We asked for no hooks and no permission prompts, so nobody here can answer: say so, or the CLI waits. */
    private Reading refuse(ClaudeLine.Request request, String raw) {
        ObjectNode response = json.createObjectNode().put("type", "control_response");
        response.putObject("response")
                .put("subtype", "error")
                .put("request_id", request.requestId())
                .put("error", "not supported: nobody is there to answer");
        send(response);
        return Reading.of(new JobEvent.Output(raw));
    }

    @Override
    public void interrupt() {
        send(controlRequest(INTERRUPT));
        input.close().run();
    }

    @Override
    public boolean isOver() {
        return over;
    }

    @Override
    public boolean isRefused() {
        return refused && !run.given().credential().isEmpty();
    }

    @Override
    public Set<String> openToolCalls() {
        return Set.copyOf(openToolCalls);
    }

    @Override
    public Outcome outcome(ProcessExit exit) {
        return verdict.outcome(exit);
    }

    @Override
    public RunCost cost() {
        return bill.cost();
    }

    @Override
    public Optional<Instant> limitedUntil() {
        return verdict.limitedUntil();
    }

    private void end() {
        over = true;
        input.close().run();
    }

    private ObjectNode controlRequest(String subtype) {
        ObjectNode request =
                json.createObjectNode().put("type", "control_request").put("request_id", subtype);
        request.putObject("request").put("subtype", subtype);
        return request;
    }

    private ObjectNode prompt() {
        ObjectNode message = json.createObjectNode().put("type", "user");
        var content = message.putObject("message").put("role", "user").putArray("content");
        PromptBlocks.of(run.start().goesOn() ? GO_ON : run.job().spec().prompt())
                .forEach(text -> content.addObject().put("type", "text").put("text", text));
        return message;
    }

    private void send(JsonNode line) {
        input.send().accept(line.toString());
    }
}
