package io.agentservice.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.job.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folders of runs in a workspace that is a plain folder, or none. */
class WorkspacesTest {

    private static final Job JOB = WorkspaceFixture.job();
    private static final Job OTHER = WorkspaceFixture.job();

    @TempDir
    Path workspace;

    @TempDir
    Path jobs;

    private WorkspaceFixture fixture;

    @BeforeEach
    void start() {
        fixture = new WorkspaceFixture(workspace, jobs);
    }

    @Test
    void aRunHasFoldersThatAreThereAndEmpty() throws IOException {
        Workspace opened = fixture.open(JOB);

        assertThat(opened.directory()).isEqualTo(workspace.toRealPath());
        assertThat(opened.temporary()).isEmptyDirectory();
        assertThat(opened.conversation()).isEmptyDirectory();
        assertThat(opened.home()).isDirectory();
    }

    @Test
    void nobodyElseMayLookIntoThem() throws IOException {
        Workspace opened = fixture.open(JOB);

        for (Path folder : new Path[] {opened.temporary(), opened.home(), opened.conversation()}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void eachJobHasItsOwn() throws IOException {
        Workspace one = fixture.open(JOB);
        Workspace two = fixture.open(OTHER);

        assertThat(one.home()).isNotEqualTo(two.home());
        assertThat(one.temporary()).isNotEqualTo(two.temporary());
        assertThat(one.conversation()).isNotEqualTo(two.conversation());
    }

    @Test
    void theEndOfARunRemovesItsFoldersAndKeepsItsConversation() throws IOException {
        Workspace opened = fixture.open(JOB);
        Files.writeString(opened.temporary().resolve("file"), "x");
        Files.writeString(opened.conversation().resolve("history"), "x");

        opened.close();

        assertThat(opened.home()).doesNotExist();
        assertThat(opened.temporary()).doesNotExist();
        assertThat(opened.conversation().resolve("history")).exists();
        assertThat(workspace).exists();
    }

    @Test
    void anotherAttemptFindsTheConversationAndNothingElse() throws IOException {
        Workspace first = fixture.open(JOB);
        Files.writeString(first.temporary().resolve("left"), "x");
        Files.writeString(first.conversation().resolve("history"), "x");

        Workspace second = fixture.open(JOB);

        assertThat(second.temporary()).isEmptyDirectory();
        assertThat(second.conversation().resolve("history")).exists();
    }

    @Test
    void closingTwiceIsNoError() throws IOException {
        Workspace opened = fixture.open(JOB);
        opened.close();

        opened.close();

        assertThat(opened.home()).doesNotExist();
    }

    @Test
    void whatACrashLeftIsRemovedButForConversations() throws IOException {
        Workspace left = fixture.open(JOB);

        fixture.workspaces().removeLeftovers(Set.of());

        assertThat(left.home()).doesNotExist();
        assertThat(left.conversation()).exists();
        assertThat(workspace).exists();
    }

    @Test
    void aForgottenJobLeavesNothingAndOthersStay() throws IOException {
        Workspace gone = fixture.open(JOB);
        Files.writeString(gone.conversation().resolve("history"), "x");
        gone.close();
        Workspace stays = fixture.open(OTHER);

        fixture.workspaces().forget(JOB.id());
        fixture.workspaces().forget(JOB.id());

        assertThat(gone.conversation()).doesNotExist();
        assertThat(stays.conversation()).exists();
    }

    @Test
    void nothingLeftIsNoError() throws IOException {
        fixture.workspaces().removeLeftovers(Set.of());

        assertThat(jobs).isDirectoryNotContaining(path -> !path.endsWith("git"));
    }

    @Test
    void aWorkspaceThatIsNotThereIsNamedAndLeavesNoFolder() {
        Path gone = workspace.resolve("gone");
        var elsewhere = new WorkspaceFixture(gone, jobs);

        assertThatThrownBy(() -> elsewhere.open(JOB))
                .isInstanceOf(WorkspaceException.class)
                .hasMessageContaining(gone.toString())
                .hasMessageContaining("WORKSPACE_DIR");

        assertThat(jobs.resolve("runs")).isEmptyDirectory();
    }

    @Test
    void foldersAreKnownByTheNameThatTheKernelGivesThem() throws IOException {
        Path real = Files.createDirectory(jobs.resolve("real"));
        Path link = Files.createSymbolicLink(jobs.resolve("link"), real);

        Workspace there = new WorkspaceFixture(workspace, link).open(JOB);
        Workspace notThereYet = new WorkspaceFixture(workspace, link.resolve("new")).open(JOB);

        assertThat(there.home()).startsWith(real.toRealPath());
        assertThat(notThereYet.home()).startsWith(real.toRealPath().resolve("new"));
    }

    @Test
    void anEmptyWorkspaceHasOnlyTheAgents() throws IOException {
        Path agents = Files.createDirectories(workspace.resolve(".claude/agents"));
        Files.writeString(agents.resolve("helper.md"), "---\nname: helper\n---\n");
        Files.writeString(workspace.resolve("README.md"), "hello");
        fixture.policy = mode(WorkspaceMode.EMPTY);

        Workspace opened = fixture.open(JOB);

        assertThat(opened.directory()).isDirectoryContaining(path -> path.endsWith(".claude"));
        assertThat(opened.directory().resolve(".claude/agents/helper.md")).exists();
        assertThat(opened.directory().resolve("README.md")).doesNotExist();
        assertThat(opened.privateFolders()).contains(opened.directory());
    }

    @Test
    void anEmptyWorkspaceIsGoneWithItsJob() throws IOException {
        fixture.policy = mode(WorkspaceMode.EMPTY);
        Workspace opened = fixture.open(JOB);

        fixture.end(JOB, opened, true);

        assertThat(opened.directory()).doesNotExist();
    }

    private static WorkspacePolicy mode(WorkspaceMode mode) {
        var standard = WorkspacePolicy.STANDARD;
        return new WorkspacePolicy(
                Optional.of(mode),
                false,
                standard.sources(),
                standard.identity(),
                standard.keep(),
                standard.maxBytes());
    }
}
