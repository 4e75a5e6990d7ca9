package io.agentservice.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.job.Job;
import io.agentservice.job.JobSpec;
import io.agentservice.testing.GitHttpServer;
import io.agentservice.testing.GitRepo;
import io.agentservice.workspace.WorkspacePolicy.RepositoryPolicy;
import io.agentservice.workspace.WorkspacePolicy.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkouts of a repository that a real git server has. */
class GitCheckoutTest {

    @TempDir
    Path folder;

    private GitRepo person;
    private GitHttpServer server;
    private WorkspaceFixture fixture;

    @BeforeEach
    void start() throws IOException {
        person = GitRepo.init(folder.resolve("person"));
        person.commit(".claude/agents/helper.md", "---\nname: helper\n---\n", "an agent");
        person.bareCopy(folder.resolve("server/infra.git"));
        server = GitHttpServer.start(folder.resolve("server"), Optional.empty());
        person.git("remote", "add", "origin", server.url("infra.git"));
        fixture = new WorkspaceFixture(folder.resolve("nothing"), folder.resolve("jobs")).on(server.url("infra.git"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void push() {
        person.git("push", "--quiet", "--force", "--all", "origin");
        person.git("push", "--quiet", "--force", "--tags", "origin");
    }

    private static GitRepo in(Workspace workspace) {
        return new GitRepo(workspace.directory());
    }

    @Test
    void aJobHasTheBranchThatTheRemotesHeadNames() throws IOException {
        Workspace opened = fixture.open();

        assertThat(in(opened).head()).isEqualTo(person.head());
        assertThat(in(opened).git("status", "--porcelain", "--branch")).isEqualTo("## main...origin/main");
        assertThat(in(opened).git("remote", "get-url", "origin")).isEqualTo(server.url("infra.git"));
        assertThat(opened.directory().resolve("README.md")).hasContent("hello");
        assertThat(fixture.phaseNames()).containsExactly("cloning", "fetched", "workspace_ready");
        assertThat(fixture.lastPhase("workspace_ready")).contains("\"ref\":\"main\"", person.head());
    }

    @Test
    void whatWasPushedIsThereOnceTheDebounceHasPassed() throws IOException {
        fixture.open();
        person.commit("new.txt", "new\n", "second");
        push();

        Workspace within = fixture.open();
        fixture.pass(Duration.ofSeconds(30));
        Workspace after = fixture.open();

        assertThat(within.directory().resolve("new.txt")).doesNotExist();
        assertThat(after.directory().resolve("new.txt")).exists();
        assertThat(server.requests().stream().filter(request -> request.endsWith("info/refs?service=git-upload-pack")))
                .hasSize(2);
    }

    @Test
    void aRefThatIsNotKnownYetIsFetchedAtOnce() throws IOException {
        fixture.open();
        person.git("checkout", "--quiet", "-b", "feature/x");
        person.commit("new.txt", "new\n", "second");
        push();

        Workspace byBranch = fixture.open(WorkspaceFixture.job("feature/x"));
        Workspace byCommit = fixture.open(WorkspaceFixture.job(person.head()));

        assertThat(in(byBranch).git("branch", "--show-current")).isEqualTo("feature/x");
        assertThat(in(byCommit).head()).isEqualTo(person.head());
        assertThat(in(byCommit).git("branch", "--show-current")).isEmpty();
    }

    @Test
    void aTagIsCheckedOutWithoutABranch() throws IOException {
        person.git("tag", "-a", "v1.0", "-m", "one");
        String tagged = person.head();
        person.commit("new.txt", "new\n", "second");
        push();

        Workspace opened = fixture.open(WorkspaceFixture.job("v1.0"));

        assertThat(in(opened).head()).isEqualTo(tagged);
        assertThat(in(opened).git("describe", "--tags")).isEqualTo("v1.0");
    }

    @Test
    void aForcePushedBranchIsTakenAsItIsNow() throws IOException {
        fixture.open();
        person.git("commit", "--quiet", "--amend", "-m", "another history");
        push();
        fixture.pass(Duration.ofMinutes(1));

        Workspace opened = fixture.open();

        assertThat(in(opened).head()).isEqualTo(person.head());
    }

    @Test
    void aBranchThatWasDeletedIsNamedInTheError() throws IOException {
        person.git("branch", "gone");
        push();
        fixture.open(WorkspaceFixture.job("gone"));
        person.git("push", "--quiet", "origin", ":gone");
        fixture.pass(Duration.ofMinutes(1));
        Job job = WorkspaceFixture.job("gone");

        assertThatThrownBy(() -> fixture.open(job))
                .isInstanceOf(WorkspaceException.class)
                .hasMessage("the repository 'infra' has no branch, tag or commit 'gone'");

        assertThat(folder.resolve("jobs/workspaces").resolve(job.id().value())).doesNotExist();
        assertThat(folder.resolve("jobs/runs").resolve(job.id().value())).doesNotExist();
    }

    @Test
    void aRemoteThatIsDownIsSaidWithTheAgeOfWhatThereIs() throws IOException {
        fixture.open();
        server.down(true);
        fixture.pass(Duration.ofMinutes(5));

        Workspace opened = fixture.open();

        assertThat(in(opened).head()).isEqualTo(person.head());
        assertThat(fixture.lastPhase("fetch_failed")).contains("\"age_seconds\":300", "503", "infra.git");
    }

    @Test
    void aRemoteThatIsDownIsNotAskedAgainByEveryJob() throws IOException {
        fixture.open();
        server.down(true);
        fixture.pass(Duration.ofMinutes(5));
        fixture.open();
        int asked = server.requests().size();

        fixture.open();

        assertThat(server.requests()).hasSize(asked);
        assertThat(fixture.phaseNames()).endsWith("fetch_failed", "workspace_ready");
    }

    @Test
    void aRemoteThatDoesNotAnswerIsGivenUp() throws IOException {
        fixture.open();
        fixture.fetchLimit = Duration.ofMillis(500);
        fixture.restart();
        server.holdUp(new CountDownLatch(1));
        fixture.pass(Duration.ofMinutes(5));

        Workspace opened = fixture.open();

        assertThat(in(opened).head()).isEqualTo(person.head());
        assertThat(fixture.lastPhase("fetch_failed")).contains("took longer than 0 s");
    }

    @Test
    void aRepositoryThatWasNeverFetchedFailsTheJobWithGitsWords() {
        server.down(true);

        assertThatThrownBy(() -> fixture.open())
                .isInstanceOf(WorkspaceException.class)
                .hasMessageContaining("could not be fetched")
                .hasMessageContaining("503");
    }

    @Test
    void jobsThatComeTogetherFetchOnce() {
        fixture.workspaces();
        List<CompletableFuture<Workspace>> all = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                    try {
                        return fixture.open();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .toList();

        List<Workspace> opened = all.stream()
                .map(future -> future.orTimeout(60, TimeUnit.SECONDS).join())
                .toList();

        assertThat(opened).allSatisfy(one -> assertThat(in(one).head()).isEqualTo(person.head()));
        assertThat(opened.stream().map(Workspace::directory).distinct()).hasSize(8);
        assertThat(server.requests().stream().filter(request -> request.startsWith("POST")))
                .hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void noFileIsSharedWithTheMirrorByALink() throws IOException {
        Workspace opened = fixture.open();

        try (var files = Files.walk(opened.directory().resolve(".git/objects"))) {
            assertThat(files.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS))
                            .isEqualTo(1));
        }
        assertThat(opened.directory().resolve(".git/objects/info/alternates")).doesNotExist();
    }

    @Test
    void aMirrorThatIsDamagedIsMadeAnew() throws IOException {
        fixture.open();
        Path packs;
        try (var mirrors = Files.list(folder.resolve("jobs/mirrors"))) {
            packs = mirrors.findFirst().orElseThrow().resolve("objects/pack");
        }
        try (var files = Files.list(packs)) {
            for (Path pack :
                    files.filter(file -> file.toString().endsWith(".pack")).toList()) {
                pack.toFile().setWritable(true);
                Files.write(pack, new byte[100]);
            }
        }

        Workspace opened = fixture.open();

        assertThat(in(opened).head()).isEqualTo(person.head());
        assertThat(in(opened).git("fsck", "--full")).isEmpty();
    }

    @Test
    void anotherAttemptGoesOnInTheCheckoutAsItWasLeft() throws IOException {
        Job job = WorkspaceFixture.job();
        Workspace first = fixture.open(job);
        in(first).commit("work.txt", "half done\n", "work");
        Files.writeString(first.directory().resolve("uncommitted"), "x");
        first.close();
        fixture.restart();
        fixture.workspaces().removeLeftovers(Set.of(job.id()));

        Workspace second = fixture.open(job);

        assertThat(second.directory()).isEqualTo(first.directory());
        assertThat(second.directory().resolve("uncommitted")).exists();
        assertThat(in(second).git("log", "-1", "--format=%s")).isEqualTo("work");
        assertThat(fixture.phaseNames()).last().isEqualTo("workspace_taken_up");
    }

    @Test
    void aCheckoutThatACrashLeftHalfMadeIsMadeAgain() throws IOException {
        Job job = WorkspaceFixture.job();
        Path half = Files.createDirectories(
                folder.resolve("jobs/workspaces").resolve(job.id().value()).resolve(".git"));
        Files.writeString(half.resolve("HEAD"), "nonsense");

        Workspace opened = fixture.open(job);

        assertThat(in(opened).head()).isEqualTo(person.head());
    }

    @Test
    void leftoversAreRemovedUnlessTheirJobGoesOn() throws IOException {
        Job over = WorkspaceFixture.job();
        Job waiting = WorkspaceFixture.job();
        Workspace one = fixture.open(over);
        Workspace other = fixture.open(waiting);

        fixture.workspaces().removeLeftovers(Set.of(waiting.id()));

        assertThat(one.directory()).doesNotExist();
        assertThat(other.directory()).exists();
    }

    @Test
    void locksThatAKilledGitLeftStopNobody() throws IOException {
        fixture.open();
        try (var mirrors = Files.list(folder.resolve("jobs/mirrors"))) {
            Path mirror = mirrors.findFirst().orElseThrow();
            Files.createFile(mirror.resolve("packed-refs.lock"));
            Files.createFile(mirror.resolve("refs/heads/main.lock"));
        }
        Files.createDirectories(folder.resolve("jobs/mirrors/other.git.new"));
        person.commit("new.txt", "new\n", "second");
        push();
        fixture.pass(Duration.ofMinutes(1));

        fixture.restart();
        Workspace opened = fixture.open();

        assertThat(opened.directory().resolve("new.txt")).exists();
        assertThat(fixture.phaseNames()).doesNotContain("fetch_failed");
        assertThat(folder.resolve("jobs/mirrors/other.git.new")).doesNotExist();
    }

    @Test
    void aJobMayNameOneOfSeveralRepositories() throws IOException {
        GitRepo.init(folder.resolve("docs")).bareCopy(folder.resolve("server/docs.git"));
        fixture.with(new Sources(Map.of("infra", at("infra.git"), "docs", at("docs.git")), Optional.of("infra")));

        Workspace usual = fixture.open();
        Workspace named = fixture.open(new JobSpec.Source(Optional.of("docs"), Optional.empty()));

        assertThat(usual.directory().resolve(".claude")).exists();
        assertThat(named.directory().resolve(".claude")).doesNotExist();
        assertThat(fixture.sources().repositoryNames(fixture.policy)).containsExactly("docs", "infra");
        assertThatThrownBy(() -> fixture.open(new JobSpec.Source(Optional.of("other"), Optional.empty())))
                .hasMessageContaining("there is no repository 'other'; known are: docs, infra");
    }

    private RepositoryPolicy at(String name) {
        return new RepositoryPolicy(
                Optional.of(server.url(name)), Optional.empty(), Optional.empty(), WorkspacePolicy.Content.ALL);
    }

    @Test
    void theAgentsAreThoseOfTheBranchBeforeAnyJobRan() throws IOException {
        fixture.sources().refresh(fixture.policy, Optional.empty());

        Path agents =
                fixture.sources().definitions(fixture.policy, Optional.empty()).orElseThrow();
        assertThat(agents.resolve(".claude/agents/helper.md")).exists();
        assertThat(agents.resolve("README.md")).doesNotExist();
    }

    @Test
    void anAgentThatWasPushedIsThereAfterTheNextFetch() throws IOException {
        fixture.open();
        person.commit(".claude/agents/second.md", "---\nname: second\n---\n", "another agent");
        push();
        fixture.pass(Duration.ofMinutes(1));

        fixture.sources().refresh(fixture.policy, Optional.empty());

        Path agents =
                fixture.sources().definitions(fixture.policy, Optional.empty()).orElseThrow();
        assertThat(agents.resolve(".claude/agents/second.md")).exists();
    }

    @Test
    void agentsAreNotReadThroughLinksThatLeaveTheRepository() throws IOException {
        Path outside = Files.writeString(folder.resolve("secret.md"), "---\nname: outside\n---\n");
        Files.createSymbolicLink(person.folder().resolve(".claude/agents/outside.md"), outside);
        Files.createSymbolicLink(person.folder().resolve(".claude/agents/etc"), Path.of("/etc"));
        person.commitAll("links");
        push();

        fixture.open();

        Path agents =
                fixture.sources().definitions(fixture.policy, Optional.empty()).orElseThrow();
        assertThat(agents.resolve(".claude/agents/outside.md")).isRegularFile().isNotEqualTo(outside);
        assertThat(Files.isSymbolicLink(agents.resolve(".claude/agents/outside.md")))
                .isFalse();
        assertThat(agents.resolve(".claude/agents/etc")).isRegularFile();
    }

    @Test
    void aRepositoryWithoutACommitIsSaidToBeEmpty() {
        new GitRepo(folder).git("init", "--quiet", "--bare", "server/empty.git");
        fixture.on(server.url("empty.git"));

        assertThatThrownBy(() -> fixture.open()).hasMessageContaining("has no branch");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--upload-pack=touch /tmp/x",
                "-x",
                "a..b",
                "refs/../x",
                "a b",
                "a\nb",
                "main^",
                "main~1",
                "main:README.md",
                "@{u}",
                "a.lock",
                "a//b",
                "/a",
                "a/",
                ".a",
                "a/.b",
                "$(id)",
                "",
                "ä"
            })
    void whatCannotBeARefIsRefused(String ref) {
        assertThatThrownBy(() -> new JobSpec.Source(Optional.empty(), Optional.of(ref)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ref must be");
    }
}
