package io.agentservice.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.job.Job;
import io.agentservice.job.JobSpec;
import io.agentservice.job.Outcome;
import io.agentservice.process.Confinement;
import io.agentservice.process.ProcessSpec;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Claude Code CLI in print mode, driven by its control protocol on stdin and stdout. */
@Singleton
public final class ClaudeCli implements AgentCli {

    private final String binary;
    private final int maxLineBytes;
    private final Map<String, String> environment;
    private final ObjectMapper json = ClaudeStreamParser.mapper();

    @Inject
    public ClaudeCli(AgentConfig config) {
        this(config.claudeBinary(), config.maxLineBytes(), environment(config));
    }

    private static Map<String, String> environment(AgentConfig config) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        config.apiBaseUrl().ifPresent(url -> environment.put("ANTHROPIC_BASE_URL", url));
        return environment;
    }

    ClaudeCli(String binary, int maxLineBytes, Map<String, String> environment) {
        this.binary = binary;
        this.maxLineBytes = maxLineBytes;
        this.environment = Map.copyOf(environment);
    }

    @Override
    public AgentRun.Start prepare(Job job, Path conversation, Instant now) {
        var transcript = new Transcript(conversation, job.sessionId(), json);
        boolean goesOn = transcript.canGoOn();
        if (!goesOn) {
            transcript.remove();
        }
        return new AgentRun.Start(now, goesOn);
    }

    @Override
    public ProcessSpec command(AgentRun run) {
        return new ProcessSpec(
                arguments(run),
                run.workspace().directory(),
                ChildEnvironment.of(run, environment),
                confinement(run),
                maxLineBytes);
    }

    private static Confinement confinement(AgentRun run) {
        var workspace = run.workspace();
        List<Path> hidden = new ArrayList<>(run.given().hidden());
        hidden.add(workspace.serviceData());
        return new Confinement(run.sandbox(), workspace.privateFolders(), workspace.sharedFolders(), hidden);
    }

    /** The prompt is not among them: an argument list is short, public, and read as options. */
    private List<String> arguments(AgentRun run) {
        JobSpec spec = run.job().spec();
        List<String> arguments = new ArrayList<>(List.of(
                binary,
                "-p",
                "--input-format",
                "stream-json",
                "--output-format",
                "stream-json",
                "--verbose",
                "--include-partial-messages",
                run.start().goesOn() ? "--resume" : "--session-id",
                run.job().sessionId(),
                "--agent",
                spec.agent(),
                "--max-budget-usd",
                run.job().budgetLeft().toPlainString(),
                "--permission-mode",
                run.policy().permissionMode().cliName()));
        spec.model()
                .or(run.policy().models()::standard)
                .ifPresent(model -> arguments.addAll(List.of("--model", model)));
        spec.answer().schema().ifPresent(schema -> arguments.addAll(List.of("--json-schema", schema.text())));
        return arguments;
    }

    @Override
    public AgentConversation converse(AgentRun run, AgentInput input) {
        var transcript =
                new Transcript(run.workspace().conversation(), run.job().sessionId(), json);
        return new ClaudeConversation(
                run, input, new ClaudeBill(transcript, run.start().at()), json);
    }

    @Override
    public Recollection recall(Job job, Path conversation, AgentRun.Start start, List<String> recorded) {
        var bill = new ClaudeBill(new Transcript(conversation, job.sessionId(), json), start.at());
        var verdict = ClaudeVerdict.of(job.spec());
        var parser = new ClaudeStreamParser(json);
        boolean over = false;
        for (String raw : recorded) {
            ClaudeLine line = parser.parse(raw);
            if (line instanceof ClaudeLine.Metered metered) {
                bill.sawStreamEvent(metered.event());
            } else if (line instanceof ClaudeLine.Recorded seen) {
                seen.events().forEach(verdict::saw);
            } else if (line instanceof ClaudeLine.Result result) {
                verdict.sawResult(result.body(), raw);
                bill.sawResult(result.body());
                // Why it was interrupted is not on record: it counts as cut off.
                over = result.isLast() && !result.isAborted();
            }
        }
        Optional<Outcome> outcome = over ? Optional.of(verdict.unattended()) : Optional.empty();
        return new Recollection(outcome, verdict.limitedUntil(), bill.cost());
    }
}
