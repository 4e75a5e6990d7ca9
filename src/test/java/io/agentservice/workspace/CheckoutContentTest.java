package io.agentservice.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.job.Job;
import io.agentservice.testing.GitHttpServer;
import io.agentservice.testing.GitRepo;
import io.agentservice.testing.Tools;
import io.agentservice.workspace.WorkspacePolicy.Content;
import io.agentservice.workspace.WorkspacePolicy.GitCrypt;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkouts of repositories that are more than files: encrypted, partial, with large files. */
class CheckoutContentTest {

    @TempDir
    Path folder;

    private GitRepo person;
    private GitHttpServer server;
    private WorkspaceFixture fixture;

    @BeforeEach
    void start() throws IOException {
        person = GitRepo.init(folder.resolve("person"));
        Files.createDirectories(folder.resolve("server"));
        server = GitHttpServer.start(folder.resolve("server"), Optional.empty());
        fixture = new WorkspaceFixture(folder.resolve("nothing"), folder.resolve("jobs"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void serve(Content content) {
        person.bareCopy(folder.resolve("server/infra.git"));
        fixture.on(server.url("infra.git"), Optional.empty(), content);
    }

    private static Content encrypted(GitCrypt use) {
        return new Content(false, false, Optional.of(use), List.of());
    }

    /** A repository with one encrypted file; returns the key. */
    private Path encrypt() {
        Tools.need("git-crypt");
        person.git("crypt", "init");
        Path key = folder.resolve("the-key");
        person.git("crypt", "export-key", key.toString());
        person.write(".gitattributes", "secrets/** filter=git-crypt diff=git-crypt\n")
                .write("secrets/db.txt", "the plain secret\n")
                .commitAll("secrets");
        return key;
    }

    @Test
    void whatGitCryptEncryptedIsReadableAndTheKeyIsNotThere() throws IOException {
        Path key = encrypt();
        fixture.gitCryptKey = Optional.of(key.toString());
        serve(encrypted(GitCrypt.READ));

        Workspace opened = fixture.open();

        var shell = new JobShell(opened);
        assertThat(opened.directory().resolve("secrets/db.txt")).hasContent("the plain secret");
        assertThat(shell.good("git status --porcelain")).isEmpty();
        String secret = new String(Files.readAllBytes(key), StandardCharsets.ISO_8859_1).substring(20);
        assertThat(Secrets.filesWith(folder.resolve("jobs"), secret)).isEmpty();
        assertThat(opened.directory().resolve(".git/git-crypt")).doesNotExist();
    }

    @Test
    void withoutTheKeyAJobCannotCommitPlainTextByMistake() throws IOException {
        fixture.gitCryptKey = Optional.of(encrypt().toString());
        serve(encrypted(GitCrypt.READ));
        var shell = new JobShell(fixture.open());

        shell.good("echo other > other.txt && git add other.txt && git commit -qm other");
        var added = shell.run("echo changed > secrets/db.txt && git add -A");

        assertThat(added.code()).isNotZero();
        assertThat(added.text()).contains("clean filter 'git-crypt' failed");
    }

    @Test
    void withTheKeyInItsHomeAJobChangesSecretsAndTheKeyGoesWithTheRun() throws IOException {
        Path key = encrypt();
        fixture.gitCryptKey = Optional.of(Base64.getEncoder().encodeToString(Files.readAllBytes(key)));
        serve(encrypted(GitCrypt.WRITE));
        Job job = WorkspaceFixture.job();
        Workspace opened = fixture.open(job);
        var shell = new JobShell(opened);

        shell.good("echo 'a new secret' > secrets/db.txt && git commit -qam changed && git push -q");

        var bare = new GitRepo(folder.resolve("server/infra.git"));
        assertThat(bare.git("show", "main:secrets/db.txt"))
                .doesNotContain("a new secret")
                .contains("GITCRYPT");
        String secret = new String(Files.readAllBytes(key), StandardCharsets.ISO_8859_1).substring(20);
        assertThat(Secrets.filesWith(folder.resolve("jobs/workspaces"), secret)).isEmpty();
        assertThat(Secrets.filesWith(folder.resolve("jobs/runs"), secret)).hasSize(1);
        fixture.end(job, opened, true);
        assertThat(Secrets.filesWith(folder.resolve("jobs/runs"), secret)).isEmpty();
    }

    @Test
    void thePatchHasNoPlainTextAndOnlyTheSecretsThatChanged() throws IOException {
        Path key = encrypt();
        person.commit("secrets/other.txt", "untouched secret\n", "another");
        fixture.gitCryptKey = Optional.of(key.toString());
        serve(encrypted(GitCrypt.READ));
        Job job = WorkspaceFixture.job();
        Workspace opened = fixture.open(job);
        new JobShell(opened).good("echo 'a new secret' > secrets/db.txt && touch secrets/other.txt && echo x > x.txt");

        fixture.end(job, opened, true);

        var changes = new JsonPath(fixture.archive().changes(job.id()).orElseThrow());
        assertThat(changes.getString("error")).isNull();
        assertThat(changes.getList("diffstat.files.path")).containsExactlyInAnyOrder("secrets/db.txt", "x.txt");
        assertThat(fixture.archive().patch(job.id()).orElseThrow())
                .contains("Binary files a/secrets/db.txt and b/secrets/db.txt differ")
                .doesNotContain("new secret");
    }

    @Test
    void withoutPermissionAJobSeesOnlyWhatIsEncrypted() throws IOException {
        fixture.gitCryptKey = Optional.of(encrypt().toString());
        serve(Content.ALL);

        Workspace opened = fixture.open();

        assertThat(Files.readAllBytes(opened.directory().resolve("secrets/db.txt")))
                .startsWith(0, 'G', 'I', 'T');
    }

    @Test
    void theOldVariablesAreEnough() throws IOException {
        fixture = new WorkspaceFixture(person.folder(), folder.resolve("jobs"));
        fixture.gitCryptKey = Optional.of(encrypt().toString());

        Workspace opened = fixture.open();

        assertThat(opened.directory().resolve("secrets/db.txt")).hasContent("the plain secret");
    }

    @Test
    void aKeyThatIsNoneIsSaidSoAtStart() {
        fixture.gitCryptKey = Optional.of("not base64 at all !");

        assertThatThrownBy(() -> fixture.workspaces()).hasMessageContaining("GIT_CRYPT_KEY must be");
    }

    @Test
    void onlyTheFoldersThatAreNamedAreCheckedOutAndThoseOfTheAgents() throws IOException {
        person.write("stacks/a/main.tf", "a").write("stacks/b/main.tf", "b").write("docs/x.md", "x");
        person.commit(".claude/agents/helper.md", "---\nname: helper\n---\n", "all");
        serve(new Content(false, false, Optional.empty(), List.of("stacks/a", "docs")));
        Job job = WorkspaceFixture.job();

        Workspace opened = fixture.open(job);

        assertThat(opened.directory().resolve("stacks/a/main.tf")).exists();
        assertThat(opened.directory().resolve("docs/x.md")).exists();
        assertThat(opened.directory().resolve(".claude/agents/helper.md")).exists();
        assertThat(opened.directory().resolve("stacks/b")).doesNotExist();
        new JobShell(opened).good("echo more >> docs/x.md && git commit -qam more");
        fixture.end(job, opened, true);
        var changes = new JsonPath(fixture.archive().changes(job.id()).orElseThrow());
        assertThat(changes.getString("error")).isNull();
        assertThat(changes.getList("diffstat.files.path")).containsExactly("docs/x.md");
    }

    @Test
    void largeFilesAreThereIfThePolicySaysSo() throws IOException {
        Tools.need("git-lfs");
        person.git("lfs", "install", "--local");
        person.git("lfs", "track", "*.bin");
        person.write("model.bin", "a large file").commitAll("large");
        String remote = "file://" + person.folder();
        fixture.on(remote, Optional.empty(), Content.ALL);
        Workspace pointers = fixture.open();
        fixture.on(remote, Optional.empty(), new Content(false, true, Optional.empty(), List.of()));
        Job job = WorkspaceFixture.job();

        Workspace opened = fixture.open(job);

        assertThat(pointers.directory().resolve("model.bin")).content().startsWith("version https://git-lfs");
        assertThat(opened.directory().resolve("model.bin")).hasContent("a large file");
        var shell = new JobShell(opened);
        assertThat(shell.good("git status --porcelain")).isEmpty();
        shell.good("echo small > small.txt");
        fixture.end(job, opened, true);
        var changes = new JsonPath(fixture.archive().changes(job.id()).orElseThrow());
        assertThat(changes.getList("diffstat.files.path")).containsExactly("small.txt");
    }
}
