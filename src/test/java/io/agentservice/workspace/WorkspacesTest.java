package io.agentservice.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.job.JobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspacesTest {

    private static final JobId JOB = new JobId("019b76da-a87b-7000-8000-000000000001");
    private static final JobId OTHER = new JobId("019b76da-a87b-7000-8000-000000000002");

    @TempDir
    Path workspace;

    @TempDir
    Path jobs;

    @Test
    void aRunHasFoldersThatAreThereAndEmpty() throws IOException {
        Workspace opened = workspaces(workspace).open(JOB);

        assertThat(opened.directory()).isEqualTo(workspace);
        assertThat(opened.temporary()).isEmptyDirectory();
        assertThat(opened.conversation()).isEmptyDirectory();
        assertThat(opened.home()).isDirectory();
    }

    @Test
    void nobodyElseMayLookIntoThem() throws IOException {
        Workspace opened = workspaces(workspace).open(JOB);

        for (Path folder : new Path[] {opened.temporary(), opened.home(), opened.conversation()}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void eachJobHasItsOwn() throws IOException {
        Workspace one = workspaces(workspace).open(JOB);
        Workspace two = workspaces(workspace).open(OTHER);

        assertThat(one.home()).isNotEqualTo(two.home());
        assertThat(one.temporary()).isNotEqualTo(two.temporary());
        assertThat(one.conversation()).isNotEqualTo(two.conversation());
    }

    @Test
    void theEndOfARunRemovesItsFoldersAndKeepsItsConversation() throws IOException {
        Workspace opened = workspaces(workspace).open(JOB);
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
        Workspace first = workspaces(workspace).open(JOB);
        Files.writeString(first.temporary().resolve("left"), "x");
        Files.writeString(first.conversation().resolve("history"), "x");

        Workspace second = workspaces(workspace).open(JOB);

        assertThat(second.temporary()).isEmptyDirectory();
        assertThat(second.conversation().resolve("history")).exists();
    }

    @Test
    void closingTwiceIsNoError() throws IOException {
        Workspace opened = workspaces(workspace).open(JOB);
        opened.close();

        opened.close();

        assertThat(opened.home()).doesNotExist();
    }

    @Test
    void whatACrashLeftIsRemovedButForConversations() throws IOException {
        Workspace left = workspaces(workspace).open(JOB);

        workspaces(workspace).removeLeftovers();

        assertThat(left.home()).doesNotExist();
        assertThat(left.conversation()).exists();
    }

    @Test
    void aForgottenJobLeavesNothingAndOthersStay() throws IOException {
        Workspace gone = workspaces(workspace).open(JOB);
        Files.writeString(gone.conversation().resolve("history"), "x");
        gone.close();
        Workspace stays = workspaces(workspace).open(OTHER);

        workspaces(workspace).forget(JOB);
        workspaces(workspace).forget(JOB);

        assertThat(gone.conversation()).doesNotExist();
        assertThat(stays.conversation()).exists();
    }

    @Test
    void nothingLeftIsNoError() throws IOException {
        workspaces(workspace).removeLeftovers();

        assertThat(jobs).isEmptyDirectory();
    }

    @Test
    void aWorkspaceThatIsNotThereIsNamed() {
        Path gone = workspace.resolve("gone");

        assertThatThrownBy(() -> workspaces(gone).open(JOB))
                .isInstanceOf(NotDirectoryException.class)
                .hasMessageContaining(gone.toString())
                .hasMessageContaining("WORKSPACE_DIR");
    }

    @Test
    void foldersAreKnownByTheirFullPath() {
        assertThat(workspaces(Path.of(".")).directory())
                .isAbsolute()
                .isEqualTo(Path.of("").toAbsolutePath());
    }

    private Workspaces workspaces(Path directory) {
        return new Workspaces(new WorkspaceConfig() {
            @Override
            public Path directory() {
                return directory;
            }

            @Override
            public Path jobsDirectory() {
                return jobs;
            }
        });
    }
}
