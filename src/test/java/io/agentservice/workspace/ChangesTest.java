package io.agentservice.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.job.Job;
import io.agentservice.testing.GitHttpServer;
import io.agentservice.testing.GitRepo;
import io.agentservice.workspace.WorkspacePolicy.Keep;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of a job's work when its checkout is gone. */
@Tag("full")
class ChangesTest {

    @TempDir
    Path folder;

    private Path proof;
    private GitRepo person;
    private GitRepo bare;
    private GitHttpServer server;
    private WorkspaceFixture fixture;
    private Job job;
    private Workspace opened;
    private JobShell shell;

    @BeforeEach
    void start() throws IOException {
        proof = folder.resolve("it-ran");
        person = GitRepo.init(folder.resolve("person"));
        person.commit("keep.txt", "one\ntwo\nthree\n", "second");
        bare = person.bareCopy(folder.resolve("server/infra.git"));
        server = GitHttpServer.start(folder.resolve("server"), Optional.empty());
        fixture = new WorkspaceFixture(folder.resolve("nothing"), folder.resolve("jobs")).on(server.url("infra.git"));
        job = WorkspaceFixture.job();
        opened = fixture.open(job);
        shell = new JobShell(opened);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonPath end() throws IOException {
        fixture.end(job, opened, true);
        return new JsonPath(fixture.archive().changes(job.id()).orElseThrow());
    }

    private String patch() throws IOException {
        return fixture.archive().patch(job.id()).orElseThrow();
    }

    @Test
    void commitsAreListedWithWhetherTheyWerePushed() throws IOException {
        shell.good("echo a > a.txt && git add . && git commit -qm 'fix: pushed' && git push -q");
        shell.good("echo b > b.txt && git add . && git commit -qm 'fix: not pushed'");
        String head = shell.good("git rev-parse HEAD");

        JsonPath changes = end();

        assertThat(changes.getList("commits.subject")).containsExactly("fix: not pushed", "fix: pushed");
        assertThat(changes.getList("commits.pushed")).containsExactly(false, true);
        assertThat(changes.getString("branch")).isEqualTo("main");
        assertThat(changes.getString("base")).isEqualTo(person.head());
        assertThat(changes.getString("head")).isEqualTo(head);
        assertThat(changes.getString("error")).isNull();
        assertThat(fixture.lastPhase("changes")).contains("\"commits\":2", "\"unpushed\":1");
    }

    @Test
    void theDiffHasWhatWasCommittedAndWhatWasNot() throws IOException {
        shell.good("echo a > a.txt && git add . && git commit -qm one");
        shell.good("sed -i s/two/2/ keep.txt && mkdir new && echo n > new/new.txt && rm README.md");

        JsonPath changes = end();

        assertThat(changes.getBoolean("uncommitted")).isTrue();
        assertThat(changes.getList("diffstat.files.path"))
                .containsExactlyInAnyOrder("README.md", "a.txt", "keep.txt", "new/new.txt");
        assertThat(changes.getInt("diffstat.changed")).isEqualTo(4);
        assertThat(changes.getInt("diffstat.insertions")).isEqualTo(3);
        assertThat(changes.getInt("diffstat.deletions")).isEqualTo(2);
        assertThat(patch()).contains("+++ b/a.txt", "-two\n+2\n", "+++ b/new/new.txt", "deleted file mode");
    }

    @Test
    void aFileThatWasCommittedAndChangedAgainIsInTheDiffAsItIs() throws IOException {
        shell.good("sed -i s/two/2/ keep.txt && git commit -qam one && sed -i s/three/3/ keep.txt");

        JsonPath changes = end();

        assertThat(changes.getString("error")).isNull();
        assertThat(changes.getBoolean("uncommitted")).isTrue();
        assertThat(changes.getList("diffstat.files.path")).containsExactly("keep.txt");
        assertThat(patch()).contains("-two\n-three\n+2\n+3\n");
    }

    @Test
    void thePatchCanBeAppliedToTheCommitThatTheJobWasGiven() throws IOException {
        shell.good(
                "sed -i s/two/2/ keep.txt && git commit -qam one && git mv keep.txt moved.txt && echo x > 'a b.txt'");
        end();

        Path file = Files.writeString(folder.resolve("patch"), patch());
        person.git("apply", file.toString());

        assertThat(person.folder().resolve("moved.txt")).hasContent("one\n2\nthree");
        assertThat(person.folder().resolve("a b.txt")).hasContent("x");
    }

    @Test
    void aJobThatChangedNothingSaysSoAndAsksNoServer() throws IOException {
        int asked = server.requests().size();

        JsonPath changes = end();

        assertThat(changes.getList("commits")).isEmpty();
        assertThat(changes.getBoolean("uncommitted")).isFalse();
        assertThat(changes.getInt("diffstat.changed")).isZero();
        assertThat(patch()).isEmpty();
        assertThat(server.requests()).hasSize(asked);
    }

    @Test
    void commitsOfOthersThatTheJobFetchedAreNotItsOwn() throws IOException {
        person.git("remote", "add", "origin", server.url("infra.git"));
        person.commit("theirs.txt", "x\n", "by somebody else").git("push", "--quiet", "origin", "main");
        shell.good("git pull -q --rebase && echo a > a.txt && git add . && git commit -qm ours && git push -q");

        JsonPath changes = end();

        assertThat(changes.getList("commits.subject")).containsExactly("ours");
    }

    @Test
    void whetherACommitWasPushedIsNotGuessedWhenTheRemoteIsDown() throws IOException {
        shell.good("git commit -q --allow-empty -m work");
        server.down(true);

        JsonPath changes = end();

        assertThat(changes.<Boolean>getList("commits.pushed")).containsExactly((Boolean) null);
    }

    @Test
    void unpushedCommitsAreKeptAsABundleFromWhichTheyCanBeFetched() throws IOException {
        shell.good("git checkout -qb fix && echo a > a.txt && git add . && git commit -qm 'half done'");
        String head = shell.good("git rev-parse HEAD");

        JsonPath changes = end();

        assertThat(changes.getBoolean("bundle")).isTrue();
        Path bundle = fixture.archive().bundle(job.id()).orElseThrow();
        person.git("fetch", "--quiet", bundle.toString(), "fix:recovered");
        assertThat(person.git("rev-parse", "recovered")).isEqualTo(head);
    }

    @Test
    void noBundleIsKeptIfThePolicySaysSo() throws IOException {
        fixture.keeping(new Keep(Optional.empty(), false));
        job = WorkspaceFixture.job();
        opened = fixture.open(job);
        new JobShell(opened).good("git commit -q --allow-empty -m work");

        JsonPath changes = end();

        assertThat(changes.getBoolean("bundle")).isFalse();
        assertThat(fixture.archive().bundle(job.id())).isEmpty();
    }

    @Test
    void workThatACrashInterruptedIsKeptWhenItsFolderIsRemoved() throws IOException {
        shell.good("echo a > a.txt && git add . && git commit -qm 'half done' && echo b > b.txt");
        fixture.restart();

        fixture.workspaces().removeLeftovers(Set.of());

        assertThat(opened.directory()).doesNotExist();
        assertThat(fixture.archive().bundle(job.id())).isPresent();
        assertThat(patch()).contains("+++ b/a.txt", "+++ b/b.txt");
    }

    @Test
    void aLongPatchIsCutAndSaysSo() throws IOException {
        shell.good("seq 1 100000 > long.txt");

        JsonPath changes = end();

        assertThat(changes.getBoolean("patch_truncated")).isTrue();
        assertThat(patch().length()).isLessThanOrEqualTo(100_000).isGreaterThan(90_000);
        assertThat(changes.getInt("diffstat.insertions")).isEqualTo(100_000);
    }

    @Test
    void nothingThatTheAgentConfiguredRunsWhileItsWorkIsLookedAt() throws IOException {
        Path evil = Files.writeString(folder.resolve("evil"), "#!/bin/sh\necho $0 $* >> '%s'\n".formatted(proof));
        assertThat(evil.toFile().setExecutable(true)).isTrue();
        shell.good(
                "echo '* filter=evil diff=evil' > .gitattributes && echo a > a.txt && git add . && git commit -qm one");
        for (String key : List.of(
                "core.fsmonitor",
                "core.sshCommand",
                "core.gitProxy",
                "core.alternateRefsCommand",
                "core.pager",
                "core.editor",
                "core.askPass",
                "diff.external",
                "diff.evil.textconv",
                "diff.evil.command",
                "filter.evil.clean",
                "filter.evil.smudge",
                "filter.evil.process",
                "uploadpack.packObjectsHook",
                "gpg.program",
                "credential.helper")) {
            shell.good("git config %s '%s'".formatted(key, evil));
        }
        shell.good("git config core.hooksPath '%s' && mkdir -p .git/hooks".formatted(folder));
        for (String hook : List.of("post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman")) {
            shell.good(
                    "ln -s '%s' .git/hooks/%s && ln -sf '%s' '%s'".formatted(evil, hook, evil, folder.resolve(hook)));
        }
        shell.good(
                "mkdir nested && cd nested && env -u GIT_DIR git init -q && git config core.fsmonitor '%s' && git config user.name x && git config user.email x && git commit -q --allow-empty -m x; rm -f '%s'"
                        .formatted(evil, proof));
        shell.run("echo b >> a.txt; rm -f '%s'".formatted(proof));

        JsonPath changes = end();

        assertThat(proof).doesNotExist();
        assertThat(changes.getString("error")).isNull();
        assertThat(changes.getList("commits.subject")).containsExactly("one");
    }

    @Test
    void aCheckoutThatPointsElsewhereIsNotLookedInto() throws IOException {
        shell.good("mv .git ../moved-git && ln -s '%s' .git"
                .formatted(person.folder().resolve(".git")));

        JsonPath changes = end();

        assertThat(changes.getString("error")).contains("no repository any more");
        assertThat(fixture.archive().patch(job.id())).isEmpty();
        DirectoryRemoval.remove(folder.resolve("jobs/workspaces/moved-git"));
    }

    @Test
    void objectsBorrowedFromAnotherRepositoryAreNotShown() throws IOException {
        shell.good("echo '%s' > .git/objects/info/alternates"
                .formatted(person.folder().resolve(".git/objects")));

        assertThat(end().getString("error")).contains("borrows objects");
    }

    @Test
    void aRepositoryThatTheAgentBrokeEndsItsJobAllTheSame() throws IOException {
        shell.good("rm -rf .git/refs .git/HEAD .git/objects/pack && mkdir .git/refs && mkfifo .git/HEAD");

        JsonPath changes = end();

        assertThat(changes.getString("error")).isNotBlank();
        assertThat(opened.directory()).doesNotExist();
    }

    @Test
    void linksAreShownAsLinks() throws IOException {
        shell.good("ln -s /etc/passwd passwd && ln -s /etc etc");

        JsonPath changes = end();

        assertThat(changes.getList("diffstat.files.path")).containsExactlyInAnyOrder("etc", "passwd");
        assertThat(patch()).contains("new file mode 120000", "+/etc/passwd").doesNotContain("root:");
    }

    @Test
    void theMirrorIsWholeAlthoughTheJobOverwroteEveryObjectOfItsOwn() throws IOException {
        shell.good(
                "find .git -type f -exec chmod u+w {} + && find .git -type f -exec sh -c 'echo broken > \"$1\"' _ {} \\;");

        JsonPath changes = end();

        assertThat(changes.getString("error")).isNotBlank();
        Path mirror;
        try (var mirrors = Files.list(folder.resolve("jobs/mirrors"))) {
            mirror = mirrors.findFirst().orElseThrow();
        }
        assertThat(new GitRepo(mirror).git("fsck", "--full", "--strict")).isEmpty();
        assertThat(new GitRepo(fixture.open().directory()).head()).isEqualTo(person.head());
    }

    @Test
    void theCheckoutOfAFailedJobIsKeptForAsLongAsThePolicySays() throws IOException {
        fixture.keeping(new Keep(Optional.of(Duration.ofHours(4)), true));
        fixture.end(job, opened, false);
        Job good = WorkspaceFixture.job();
        Workspace other = fixture.open(good);
        fixture.end(good, other, true);
        fixture.restart();
        fixture.workspaces().removeLeftovers(Set.of());

        assertThat(opened.directory().resolve("keep.txt")).exists();
        assertThat(opened.home()).doesNotExist();
        assertThat(other.directory()).doesNotExist();
        assertThat(fixture.archive().kept()).singleElement().satisfies(kept -> {
            assertThat(kept.job()).isEqualTo(job.id());
            assertThat(kept.bytes()).isPositive();
        });

        fixture.pass(Duration.ofHours(4));
        fixture.workspaces().removeLeftovers(Set.of());

        assertThat(opened.directory()).doesNotExist();
        assertThat(fixture.archive().kept()).isEmpty();
    }

    @Test
    void aKeptCheckoutCanBeRemovedBeforeItsTime() throws IOException {
        fixture.keeping(new Keep(Optional.of(Duration.ofHours(4)), true));
        fixture.end(job, opened, false);

        assertThat(fixture.archive().remove(job.id())).isTrue();

        assertThat(opened.directory()).doesNotExist();
        assertThat(fixture.archive().remove(job.id())).isFalse();
        assertThat(fixture.archive().changes(job.id())).isPresent();
    }

    @Test
    void aJobThatIsForgottenLeavesNothing() throws IOException {
        shell.good("git commit -q --allow-empty -m work");
        end();

        fixture.workspaces().forget(job.id());

        assertThat(fixture.archive().changes(job.id())).isEmpty();
        assertThat(folder.resolve("jobs/changes")).isEmptyDirectory();
        assertThat(folder.resolve("jobs/conversations")).isEmptyDirectory();
    }

    @Test
    void aJobThatUsesMoreOfTheDiskThanItMayIsFound() throws IOException {
        var policy = fixture.policy;
        fixture.policy = new WorkspacePolicy(
                policy.mode(),
                policy.shared(),
                policy.sources(),
                policy.identity(),
                policy.keep(),
                OptionalLong.of(2_000_000));
        Job small = WorkspaceFixture.job();
        Job large = WorkspaceFixture.job();
        fixture.open(small);
        Workspace growing = fixture.open(large);
        assertThat(fixture.disk().measure()).isEmpty();

        Files.write(growing.temporary().resolve("file"), new byte[2_000_000]);

        assertThat(fixture.disk().measure()).containsExactly(large.id());
        assertThat(fixture.disk().usedByJob().get(large.id())).isBetween(2_000_000L, 4_000_000L);
        fixture.end(large, growing, false);
        assertThat(fixture.disk().measure()).isEmpty();
    }
}
