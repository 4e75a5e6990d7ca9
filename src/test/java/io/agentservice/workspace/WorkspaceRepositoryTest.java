package io.agentservice.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.testing.GitHttpServer;
import io.agentservice.testing.GitRepo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WORKSPACE_DIR as it was set for the service that this one replaces: a repository. */
class WorkspaceRepositoryTest {

    @TempDir
    Path folder;

    private GitRepo repository;
    private WorkspaceFixture fixture;

    @BeforeEach
    void start() {
        repository = GitRepo.init(folder.resolve("workspace"));
        fixture = new WorkspaceFixture(repository.folder(), folder.resolve("jobs"));
    }

    @Test
    void aRepositoryIsCheckedOutAndAFolderIsNot() throws IOException {
        Path plain = Files.createDirectory(folder.resolve("plain"));

        assertThat(fixture.sources().modeOf(fixture.policy)).isEqualTo(WorkspaceMode.GIT);
        assertThat(new WorkspaceFixture(plain, folder.resolve("jobs")).sources().modeOf(fixture.policy))
                .isEqualTo(WorkspaceMode.DIRECTORY);
    }

    @Test
    void withoutAnOriginJobsHaveWhatIsCommittedThere() throws IOException {
        repository.git("checkout", "--quiet", "-b", "work");
        repository.commit("new.txt", "new\n", "second").write("uncommitted.txt", "x");

        Workspace opened = fixture.open();

        var checkout = new GitRepo(opened.directory());
        assertThat(checkout.git("branch", "--show-current")).isEqualTo("work");
        assertThat(opened.directory().resolve("new.txt")).exists();
        assertThat(opened.directory().resolve("uncommitted.txt")).doesNotExist();
        assertThat(checkout.git("remote", "get-url", "origin"))
                .isEqualTo(repository.folder().toRealPath().toString());
        assertThat(opened.sharedFolders()).containsExactly(repository.folder().toRealPath());
    }

    @Test
    void withAnOriginJobsHaveTheStateOfThatAndPushThere() throws IOException {
        repository.bareCopy(folder.resolve("server/infra.git"));
        try (var server = GitHttpServer.start(folder.resolve("server"), Optional.empty())) {
            repository.git("remote", "add", "origin", server.url("infra.git"));
            GitRepo other = new GitRepo(folder.resolve("other"));
            new GitRepo(folder).git("clone", "--quiet", server.url("infra.git"), "other");
            other.commit("theirs.txt", "x\n", "by somebody else").git("push", "--quiet");

            Workspace opened = fixture.open();

            var checkout = new GitRepo(opened.directory());
            assertThat(opened.directory().resolve("theirs.txt")).exists();
            checkout.commit("ours.txt", "x\n", "ours").git("push", "--quiet");
            assertThat(other.git("ls-remote", "origin", "main")).startsWith(checkout.head());
        }
    }

    @Test
    void anOriginThatIsDownLeavesWhatTheRepositoryLastSawOfIt() throws IOException {
        repository.bareCopy(folder.resolve("server/infra.git"));
        try (var server = GitHttpServer.start(folder.resolve("server"), Optional.empty())) {
            repository.git("remote", "add", "origin", server.url("infra.git"));
            repository.git("fetch", "--quiet");
            server.down(true);

            Workspace opened = fixture.open();

            assertThat(new GitRepo(opened.directory()).head()).isEqualTo(repository.head());
            assertThat(fixture.phaseNames()).containsExactly("cloning", "fetch_failed", "workspace_ready");
        }
    }

    @Test
    void aTokenInTheOriginsAddressWorksAndIsInNoFileOfTheCheckout() throws IOException {
        repository.bareCopy(folder.resolve("server/infra.git"));
        try (var server = GitHttpServer.start(folder.resolve("server"), Optional.of("s3cret"))) {
            String url = server.url("infra.git").replace("http://", "http://bot:s3cret@");
            repository.git("remote", "add", "origin", url);

            Workspace opened = fixture.open();

            var checkout = new GitRepo(opened.directory());
            assertThat(checkout.git("remote", "get-url", "origin")).isEqualTo(server.url("infra.git"));
            assertThat(Secrets.filesWith(folder.resolve("jobs/workspaces"), "s3cret"))
                    .isEmpty();
            assertThat(Secrets.filesWith(folder.resolve("jobs/mirrors"), "s3cret"))
                    .isEmpty();
            assertThat(fixture.phases.toString()).doesNotContain("s3cret");
        }
    }

    @Test
    void aRepositoryOfAnotherUserIsTakenToo() throws IOException {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                System.getProperty("user.name").equals("root"), "only root can give a folder away");
        GitRepo.run(folder, java.util.Map.of(), java.util.List.of("chown", "-R", "12345", "workspace"));

        Workspace opened = fixture.open();

        assertThat(opened.directory().resolve("README.md")).exists();
        fixture.pass(Duration.ofMinutes(1));
        fixture.open();
        assertThat(fixture.phaseNames()).doesNotContain("fetch_failed");
    }
}
