package io.agentservice.callers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.Shell;
import io.agentservice.testing.StandInApi;
import io.agentservice.testing.StandInVault;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The pipelines as GitHub and Woodpecker run them, from a repository that they were installed in, to the running service:
 * with a stand-in Vault, servers that play GitHub, Woodpecker and Slack, and the real CLI whose model is the stand-in.
 */
@Tag("full")
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class PipelinesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JWT = "eyJhbGciOiJSUzI1NiJ9.of-a-pipeline.signature";

    @ConfigProperty(name = "agent-service.agent.api-base-url")
    String api;

    @TempDir
    Path folder;

    private Path repository;
    private StandInVault vault;
    private OtherServer github;
    private OtherServer woodpecker;
    private OtherServer slack;
    private Shell runner;
    private int issue;

    @BeforeEach
    void install() throws Exception {
        runner = Shell.sh(folder);
        repository = Files.createDirectories(folder.resolve("infra"));
        for (String kind : List.of("woodpecker", "github-direct")) {
            assertThat(runner.run(Map.of(), "", "integrations/install", repository.toString(), kind))
                    .isEqualTo(new Shell.Ran(0, "", ""));
        }
        vault = StandInVault.start();
        vault.knowJwt(JWT, "issue-automation", 60);
        vault.knowJwt(JWT, "postmortem-todos", 60);
        vault.put("claude-agent-service", Map.of("api_bearer_token", ServiceUnderTest.TOKEN));
        Files.writeString(folder.resolve("jwt"), JWT);
        github = new OtherServer().answers("GET /repos/somebody/infra/collaborators/alice", 204, "");
        woodpecker = new OtherServer().answers("POST /api/repos/7/pipelines", 200, "{\"id\":1,\"number\":42}");
        slack = new OtherServer().answers("POST /services/hook", 200, "ok");
        issue = (int) (System.nanoTime() % 1_000_000_000);
    }

    @AfterEach
    void end() {
        vault.close();
        github.close();
        woodpecker.close();
        slack.close();
    }

    /** What GitHub writes into the event's file, as far as it matters. */
    private Path event(String title, String author, String action, String updated, String... labels)
            throws IOException {
        Map<String, Object> content = Map.of(
                "number",
                issue,
                "title",
                title,
                "html_url",
                "https://github.example/somebody/infra/issues/" + issue,
                "user",
                Map.of("login", author),
                "labels",
                Stream.of(labels).map(label -> Map.of("name", label)).toList(),
                "created_at",
                "2026-11-24T10:00:00Z",
                "updated_at",
                updated);
        Path file = folder.resolve("event.json");
        JSON.writeValue(file.toFile(), Map.of("action", action, "issue", content));
        return file;
    }

    private Path opened(String title) throws IOException {
        return event(title, "alice", "opened", "2026-11-24T10:00:00Z", "user-report");
    }

    private Map<String, String> onGitHub(Path event) throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("GITHUB_EVENT_PATH", event.toString());
        environment.put("GITHUB_REPOSITORY", "somebody/infra");
        environment.put("GITHUB_API_URL", github.url());
        environment.put("GITHUB_TOKEN", "a-token-of-github");
        environment.put("GITHUB_OUTPUT", folder.resolve("output").toString());
        return environment;
    }

    private Map<String, String> output() throws IOException {
        Map<String, String> output = new HashMap<>();
        if (Files.exists(folder.resolve("output"))) {
            Files.readAllLines(folder.resolve("output"))
                    .forEach(line -> output.put(line.replaceAll("=.*", ""), line.replaceAll("^[^=]*=", "")));
        }
        return output;
    }

    private Shell.Ran gate(Path event) throws IOException {
        Files.deleteIfExists(folder.resolve("output"));
        return Pipeline.ofGitHub(repository, "issue-automation.yml", "hand-over", runner)
                .step("Is the author a collaborator?", onGitHub(event));
    }

    /** @return the variables with which Woodpecker is to run its pipeline */
    private Map<String, String> handOver(Path event) throws IOException {
        Map<String, String> environment = onGitHub(event);
        environment.put("ISSUE_REQUEST", output().get("request"));
        environment.put("WOODPECKER_URL", woodpecker.url() + "/");
        environment.put("WOODPECKER_REPO_ID", "7");
        environment.put("WOODPECKER_BRANCH", "trunk");
        environment.put("WOODPECKER_TOKEN", "a-token-of-woodpecker");

        Shell.Ran ran = Pipeline.ofGitHub(repository, "issue-automation.yml", "hand-over", runner)
                .step("Start Woodpecker's pipeline", environment);

        assertThat(ran).isEqualTo(new Shell.Ran(0, "Woodpecker runs pipeline 42.\n", ""));
        List<OtherServer.Asked> asked = woodpecker.asked();
        OtherServer.Asked last = asked.get(asked.size() - 1);
        assertThat(last.authorization()).isEqualTo("Bearer a-token-of-woodpecker");
        assertThat(last.json().getString("branch")).isEqualTo("trunk");
        return last.json().getMap("variables");
    }

    private Map<String, String> inCluster(String... more) {
        Map<String, String> instead = new HashMap<>();
        instead.put("CLAUDE_AGENT_URL", RunAgent.url());
        instead.put("VAULT_ADDR", vault.base().toString());
        instead.put("VAULT_JWT_FILE", folder.resolve("jwt").toString());
        for (int i = 0; i < more.length; i += 2) {
            instead.put(more[i], more[i + 1]);
        }
        return instead;
    }

    private Shell.Ran respond(Map<String, String> variables, String... more) throws IOException {
        return Pipeline.ofWoodpecker(repository, "issue-automation.yml", Shell.alpine(folder))
                .run(variables, inCluster(more))
                .get("respond");
    }

    private static String jobOf(Shell.Ran ran) {
        return ran.err().replaceAll("(?s).*?job ([0-9a-f-]{36}).*", "$1");
    }

    @Test
    void anIssueGoesFromGitHubThroughWoodpeckerAndVaultToTheAgent() throws Exception {
        Path event = opened("Gitea says 502 <<fake bash>>");
        assertThat(gate(event)).isEqualTo(new Shell.Ran(0, "", ""));
        assertThat(output()).isEqualTo(Map.of("collaborator", "true", "request", "opened"));
        assertThat(github.requests()).containsExactly("GET /repos/somebody/infra/collaborators/alice");
        assertThat(github.asked().get(0).authorization()).isEqualTo("Bearer a-token-of-github");

        Shell.Ran ran = respond(handOver(event));

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains("+ sh scripts/agents/respond-to-issue", "● Bash  echo from-bash", "✓ completed")
                .doesNotContain(ServiceUnderTest.TOKEN);
        JsonPath job = Jobs.get(jobOf(ran));
        assertThat(job.getString("agent")).isEqualTo("issue-responder");
        assertThat(job.getInt("max_budget_usd")).isEqualTo(10);
        assertThat(job.getInt("timeout_seconds")).isEqualTo(1800);
        assertThat(job.getString("metadata.issue")).isEqualTo(Integer.toString(issue));
        assertThat(vault.requests()).contains("POST /v1/auth/kubernetes/login 200");
    }

    static Stream<String> hostile() {
        return Hostile.texts().stream().map(title -> title.replace("\u0000", ""));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void aTitleIsATitleWhateverItSays(String title) throws Exception {
        Path event = opened(title);
        assertThat(gate(event).code()).isZero();

        Map<String, String> variables = handOver(event);
        assertThat(variables)
                .containsEntry("ISSUE_TITLE", title)
                .containsEntry("ISSUE_AUTHOR", "alice")
                .containsEntry("ISSUE_LABELS", "user-report")
                .containsEntry("ISSUE_URL", "https://github.example/somebody/infra/issues/" + issue)
                .hasSize(6);
        Shell.Ran ran = respond(variables);

        assertThat(ran.code()).as(ran.err()).isZero();
        List<String> prompts = StandInApi.requestsWith(api, "infra/issues/" + issue).stream()
                .flatMap(request -> Hostile.textsIn(request.get("body")))
                .filter(text -> text.contains("Issue " + issue + " was filed."))
                .toList();
        assertThat(prompts).hasSize(1);
        String prompt = prompts.get(0);
        int begin = prompt.indexOf("{\"number\"");
        var told = JSON.readTree(prompt.substring(begin, prompt.lastIndexOf('}') + 1));
        assertThat(told.path("title").asText()).isEqualTo(title);
        assertThat(told.path("number").asInt()).isEqualTo(issue);
        assertThat(Path.of("/tmp/pwned")).doesNotExist();
    }

    @Test
    void somebodyElsesIssueWaitsForAPerson() throws Exception {
        String labels = "/repos/somebody/infra/issues/%d/labels".formatted(issue);
        github.answers("GET " + labels, 200, "[{\"name\":\"user-report\"}]")
                .answers("POST " + labels, 200, "[]")
                .answers("POST /repos/somebody/infra/issues/%d/comments".formatted(issue), 201, "{}");

        Shell.Ran ran = gate(event("x", "mallory", "opened", "2026-11-24T10:00:00Z", "user-report"));

        assertThat(ran).isEqualTo(new Shell.Ran(0, "", ""));
        assertThat(output()).containsEntry("collaborator", "false");
        assertThat(github.requests())
                .containsExactly(
                        "GET /repos/somebody/infra/collaborators/mallory",
                        "GET " + labels,
                        "POST " + labels,
                        "POST /repos/somebody/infra/issues/%d/comments".formatted(issue));
        assertThat(github.asked().get(2).body()).contains("needs-human");
        assertThat(github.asked().get(3).body()).contains("queued for review");

        github.answers("GET " + labels, 200, "[{\"name\":\"needs-human\"}]");
        gate(event("x", "mallory", "labeled", "2026-11-24T10:00:01Z", "user-report"));
        assertThat(github.requests()).as("it is said once").hasSize(6);
        assertThat(output()).containsEntry("collaborator", "false");
    }

    @Test
    void whereGitHubDoesNotKnowNothingIsDone() throws Exception {
        github.answers("GET /repos/somebody/infra/collaborators/alice", 403, "{}");

        assertThat(gate(opened("x")).code()).isEqualTo(1);

        assertThat(output()).isEmpty();
    }

    @Test
    void openedAndLabelledIsOneRequestAndALabelThatComesLaterIsAnother() throws Exception {
        gate(opened("x"));
        Map<String, String> first = handOver(opened("x"));
        Path labelled = event("x", "alice", "labeled", "2026-11-24T10:00:02Z", "user-report");
        gate(labelled);
        Map<String, String> second = handOver(labelled);

        assertThat(jobOf(respond(first))).isEqualTo(jobOf(respond(second)));

        Path later = event("x", "alice", "labeled", "2026-11-24T11:00:00Z", "user-report");
        gate(later);
        assertThat(output().get("request")).startsWith("labeled 17");
        assertThat(jobOf(respond(handOver(later)))).isNotEqualTo(jobOf(respond(first)));
    }

    @Test
    void thePipelineEndsAsTheJobDoes() throws Exception {
        gate(opened("x"));
        Map<String, String> variables = handOver(opened("x"));

        assertThat(respond(variables, "ISSUE_AGENT", "stub-exit-3").code()).isEqualTo(1);
        assertThat(respond(variables, "VAULT_ROLE", "another")).satisfies(ran -> {
            assertThat(ran.code()).isEqualTo(2);
            assertThat(ran.err()).contains("login with the role 'another' failed: 400");
        });
        assertThat(respond(Map.of("ISSUE_NUMBER", "7; rm -rf /")).code()).isEqualTo(2);
    }

    @Test
    void whatWoodpeckerRefusesFailsTheWorkflow() throws Exception {
        Map<String, String> environment = onGitHub(opened("x"));
        environment.putAll(Map.of(
                "ISSUE_REQUEST", "opened",
                "WOODPECKER_URL", woodpecker.url(),
                "WOODPECKER_REPO_ID", "8",
                "WOODPECKER_BRANCH", "",
                "WOODPECKER_TOKEN", "x"));

        Shell.Ran ran = Pipeline.ofGitHub(repository, "issue-automation.yml", "hand-over", runner)
                .step("Start Woodpecker's pipeline", environment);

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("Woodpecker says 404: ");
        assertThat(woodpecker.asked().get(0).json().getString("branch")).isEqualTo("main");
    }

    @Test
    void gitHubCanAskTheServiceItself() throws Exception {
        Path event = opened("Say hello <<fake text>>");
        Map<String, String> environment = onGitHub(event);
        environment.putAll(RunAgent.environment());
        environment.put("ISSUE_REQUEST", "opened");

        Shell.Ran ran = Pipeline.ofGitHub(repository, "issue-automation-direct.yml", "respond", runner)
                .step("Run the issue-responder", environment);

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("Hello from the fake model.");
        assertThat(Jobs.get(jobOf(ran)).getString("metadata.issue")).isEqualTo(Integer.toString(issue));
    }

    private Map<String, Shell.Ran> push(List<String> changed, String... more) throws IOException {
        Map<String, String> variables = Map.of(
                "CI_PIPELINE_FILES", JSON.writeValueAsString(changed),
                "CI_REPO", "somebody/infra",
                "CI_COMMIT_SHA", "4f9c2a1",
                "CI_PIPELINE_URL", "https://ci.example/repos/7/pipeline/43?a=<b>&c");
        return Pipeline.ofWoodpecker(repository, "postmortem-todos.yml", Shell.alpine(folder))
                .run(variables, inCluster(more));
    }

    private String postmortem(String name, String... rows) throws IOException {
        Path file = repository.resolve("docs/post-mortems").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                "# P\n\n| Priority | Action | Type | Details | Status |\n|--|--|--|--|--|\n" + String.join("\n", rows));
        return "docs/post-mortems/" + name;
    }

    @Test
    void safeTodosOfAPushAreResolvedAndTheOthersNamed() throws Exception {
        String mark = UUID.randomUUID().toString();
        String file = postmortem(
                "2026-03-14 it's -n.md",
                "| P1 | Alert %s | Alert | `$(id)` \"x\" | TODO |".formatted(mark),
                "| P2 | Move it | Migration | | TODO |");

        Map<String, Shell.Ran> ran =
                push(List.of("README.md", file, "docs/post-mortems/gone.md"), "POSTMORTEM_AGENT", "issue-responder");

        assertThat(ran).containsOnlyKeys("resolve");
        Shell.Ran resolved = ran.get("resolve");
        assertThat(resolved.code()).as(resolved.err()).isZero();
        assertThat(resolved.out())
                .contains(
                        "skipped  " + file + ":6  Move it  (the type Migration",
                        "safe     " + file + ":5  Alert " + mark);
        JsonPath job = Jobs.get(jobOf(resolved));
        assertThat(job.getInt("max_budget_usd")).isEqualTo(5);
        assertThat(job.getInt("timeout_seconds")).isEqualTo(900);
        assertThat(StandInApi.requestsWith(api, mark)).hasSize(1);
        assertThat(StandInApi.requestsWith(api, mark).get(0).prettify()).doesNotContain("Move it");
        postmortem(
                "2026-03-14 it's -n.md",
                "| P2 | Another | Config | | Done |",
                "| P1 | Alert %s | Alert | `$(id)` \"x\" | TODO |".formatted(mark));
        assertThat(jobOf(push(List.of(file), "POSTMORTEM_AGENT", "issue-responder")
                        .get("resolve")))
                .as("the same TODOs start one job, on whatever line they are")
                .isEqualTo(job.getString("job_id"));
    }

    @Test
    void withoutASafeTodoNothingIsAskedFor() throws Exception {
        String file = postmortem("2026-03-15.md", "| P2 | Move it | Migration | | TODO |");

        assertThat(push(List.of(file)).get("resolve"))
                .extracting(Shell.Ran::code, Shell.Ran::err)
                .containsExactly(0, "");
        assertThat(push(List.of("README.md")).get("resolve").out()).contains("No post-mortem was changed.");
        assertThat(vault.requests()).noneMatch(request -> request.contains("login"));
    }

    @Test
    void slackIsToldOfAFailure() throws Exception {
        String file = postmortem("2026-03-16.md", "| P1 | Alert %s | Alert | | TODO |".formatted(UUID.randomUUID()));

        Map<String, Shell.Ran> ran = push(
                List.of(file), "POSTMORTEM_AGENT", "stub-exit-3", "SLACK_WEBHOOK_URL", slack.url() + "/services/hook");

        assertThat(ran.get("resolve").code()).isEqualTo(1);
        assertThat(ran.get("tell-of-failure"))
                .extracting(Shell.Ran::code, Shell.Ran::err)
                .containsExactly(0, "");
        assertThat(slack.asked()).hasSize(1);
        assertThat(slack.asked().get(0).json().getString("text"))
                .contains("were not done, somebody/infra 4f9c2a1", "pipeline/43?a=&lt;b&gt;&amp;c");
    }

    @Test
    void labelsAreMadeAndPutRight() throws Exception {
        for (String name : List.of("user-report", "feature-request", "incident", "sev1", "sev2", "sev3")) {
            github.answers("PATCH /repos/somebody/infra/labels/" + name, 200, "{}");
        }
        github.answers("POST /repos/somebody/infra/labels", 201, "{}");
        Map<String, String> environment = Map.of("GITHUB_API_URL", github.url(), "GITHUB_TOKEN", "t");

        Shell.Ran ran = runner.run(
                environment,
                "",
                repository.resolve("scripts/agents/apply-labels").toString(),
                "somebody/infra");

        assertThat(ran.err()).isEmpty();
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).contains("is right   sev3\n", "made       needs-human\n");
        assertThat(github.requests()).hasSize(9 + 3);
        github.answers("PATCH /repos/somebody/infra/labels/user-report", 403, "{\"message\":\"no\"}");
        assertThat(runner.run(
                                environment,
                                "",
                                repository
                                        .resolve("scripts/agents/apply-labels")
                                        .toString(),
                                "somebody/infra")
                        .code())
                .isEqualTo(1);
    }
}
