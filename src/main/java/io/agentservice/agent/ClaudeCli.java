package io.agentservice.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.job.JobSpec;
import io.agentservice.process.Confinement;
import io.agentservice.process.ProcessSpec;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
        config.apiKey().ifPresent(key -> environment.put("ANTHROPIC_API_KEY", key));
        config.oauthToken().ifPresent(token -> environment.put("CLAUDE_CODE_OAUTH_TOKEN", token));
        config.apiBaseUrl().ifPresent(url -> environment.put("ANTHROPIC_BASE_URL", url));
        return environment;
    }

    ClaudeCli(String binary, int maxLineBytes, Map<String, String> environment) {
        this.binary = binary;
        this.maxLineBytes = maxLineBytes;
        this.environment = Map.copyOf(environment);
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
        return new Confinement(
                run.sandbox(), workspace.privateFolders(), workspace.sharedFolders(), List.of(workspace.serviceData()));
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
                run.goesOn() ? "--resume" : "--session-id",
                run.job().sessionId(),
                "--agent",
                spec.agent(),
                "--max-budget-usd",
                spec.limits().maxBudgetUsd().toPlainString(),
                "--permission-mode",
                run.policy().permissionMode().cliName()));
        spec.model()
                .or(run.policy().models()::standard)
                .ifPresent(model -> arguments.addAll(List.of("--model", model)));
        return arguments;
    }

    @Override
    public AgentConversation converse(AgentRun run, AgentInput input) {
        return new ClaudeConversation(run, input, new ClaudeStreamParser(json), json);
    }
}
