package io.agentservice.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the service needs around it in tests: a workspace with agents, folders, the stand-in API, the CLI. */
public final class ServiceUnderTest implements QuarkusTestResourceLifecycleManager {

    public static final String TOKEN = "a-token-for-tests";

    private static final List<String> STUBS = List.of(
            "flood",
            "huge-flood",
            "long-line",
            "too-long-line",
            "invalid-utf8",
            "no-newline",
            "stderr-flood",
            "silent-exit",
            "exit-3",
            "start-error",
            "after-result",
            "deaf",
            "stays",
            "unknown",
            "null-lines",
            "waits",
            "talks",
            "silent",
            "slow-tool",
            "flood-limited",
            "closes-stdout",
            "refused",
            "counts",
            "shows",
            "paced");
    /** Each of these in each sandbox, as {@code stub-NAME--SANDBOX}. */
    public static final List<String> CHAOS =
            List.of("traps", "daemon", "children", "grandchild", "deaf", "silent-exit", "stays", "start-error");

    /** They have checkouts of a repository. */
    private static final List<String> GIT_AGENTS = List.of("git-agent", "stub-waits-git", "stub-exit-3-git");

    private static final String AGENTS_YAML = """
            defaults:
              workspace: {mode: directory, shared: true}
            agents:
              impatient:
                environment:
                  CLAUDE_CODE_MAX_RETRIES: "2"
              subscriber:
                environment:
                  ANTHROPIC_API_KEY: ""
                  CLAUDE_CODE_OAUTH_TOKEN: placeholder
                max-usage-limit-wait: 30m
              patient:
                environment:
                  ANTHROPIC_API_KEY: ""
                  CLAUDE_CODE_OAUTH_TOKEN: placeholder
              one-attempt:
                max-attempts: 1
              restarts:
                on-interrupt: restart
              gives-up:
                on-interrupt: fail
              careful:
                permission-mode: default
              stub-waits:
                sandbox: none
              stub-closes-stdout:
                sandbox: none
              stub-silent:
                idle-timeout: 1s
              stub-slow-tool:
                idle-timeout: 1s
                tool-timeout: 4s
              stub-flood-limited:
                max-stored-bytes: 1000000
              limited:
                max-budget-usd: 2
                max-timeout: 10m
                models: [sonnet, haiku]
              stub-refused:
                start-rate: 2 per 1h
                when-exceeded: refuse
              once:
                start-rate: 1 per 1h
                when-exceeded: refuse
              hidden-none: {sandbox: none}
              hidden-namespace: {sandbox: namespace}
              hidden-bubblewrap: {sandbox: bubblewrap}
            """;

    private StandInApi api;
    private Path root;
    private Map<String, String> config = Map.of();

    @Override
    public Map<String, String> start() {
        try {
            api = StandInApi.start();
            root = Files.createTempDirectory("service-under-test");
            Path workspace = workspace(root.resolve("workspace"));
            Path agents = Files.writeString(
                    root.resolve("agents.yaml"), AGENTS_YAML + chaosPolicies() + gitPolicies(repository(root)));
            config = Map.of(
                    "agent-service.access.bearer-token",
                    TOKEN,
                    "agent-service.workspace.directory",
                    workspace.toString(),
                    "agent-service.workspace.jobs-directory",
                    root.resolve("jobs").toString(),
                    "agent-service.agent.claude-binary",
                    Path.of("src/test/cli/claude").toAbsolutePath().toString(),
                    "agent-service.agent.file",
                    agents.toString(),
                    "agent-service.agent.api-key",
                    "placeholder",
                    "agent-service.agent.api-base-url",
                    api.base().toString(),
                    "agent-service.runner.exit-grace",
                    "2s",
                    "agent-service.runner.interrupt-grace",
                    "1s",
                    "agent-service.runner.terminate-grace",
                    "1s");
            return config;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A bare repository, and agents that have checkouts of it. */
    private static Path repository(Path root) throws IOException {
        GitRepo person = GitRepo.init(root.resolve("person"));
        Path agents = Files.createDirectories(person.folder().resolve(".claude/agents"));
        for (String name : GIT_AGENTS) {
            write(agents, name, "tools: Bash, Read, Write");
        }
        person.commitAll("agents");
        return person.bareCopy(root.resolve("infra.git")).folder();
    }

    private static String gitPolicies(Path repository) {
        var yaml = new StringBuilder();
        for (String name : GIT_AGENTS) {
            yaml.append("""
                      %s:
                        sandbox: %s
                        workspace:
                          mode: git
                          author: Git Agent <git-agent@example.org>
                          keep-on-failure: 1h
                          max-bytes: 20000000
                          repositories:
                            infra: {remote: "%s"}
                    """.formatted(name, name.contains("waits") ? "none" : "auto", repository));
        }
        return yaml.append("""
                  alone:
                    workspace: {mode: directory, shared: false}
                """).toString();
    }

    private static String chaosPolicies() {
        var yaml = new StringBuilder();
        for (String stub : CHAOS) {
            for (String sandbox : List.of("none", "namespace", "bubblewrap")) {
                yaml.append("  stub-%s--%s: {sandbox: %s}\n".formatted(stub, sandbox, sandbox));
            }
        }
        return yaml.toString();
    }

    private static Path workspace(Path folder) throws IOException {
        Path agents = Files.createDirectories(folder.resolve(".claude/agents"));
        for (String name : List.of(
                "issue-responder",
                "impatient",
                "subscriber",
                "patient",
                "one-attempt",
                "restarts",
                "gives-up",
                "careful",
                "limited",
                "once",
                "alone",
                "hidden-none",
                "hidden-namespace",
                "hidden-bubblewrap")) {
            write(agents, name, "tools: Bash, Read, Write");
        }
        write(agents, "reader", "tools: Read\nmodel: haiku");
        write(agents, "structured", "tools: Read, StructuredOutput");
        for (String stub : STUBS) {
            write(agents, "stub-" + stub, stub.equals("shows") ? "tools: Bash, StructuredOutput" : "tools: Bash");
        }
        for (String stub : CHAOS) {
            for (String sandbox : List.of("none", "namespace", "bubblewrap")) {
                write(agents, "stub-" + stub + "--" + sandbox, "tools: Bash");
            }
        }
        Files.writeString(agents.resolve("notes.md"), "Not an agent: no front matter.");
        return folder;
    }

    private static void write(Path agents, String name, String more) throws IOException {
        String text = "---\nname: %s\ndescription: The %s of the tests.\n%s\n---\nYou are a test agent.\n"
                .formatted(name, name, more);
        Files.writeString(agents.resolve(name + ".md"), text);
    }

    @Override
    public void inject(TestInjector test) {
        Given.Settings.into(test, config);
    }

    @Override
    public void stop() {
        Given.Settings.forget(config);
        if (api != null) {
            api.close();
        }
        if (root != null) {
            remove(root);
        }
    }

    private static void remove(Path root) {
        try (Stream<Path> all = Files.walk(root)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
