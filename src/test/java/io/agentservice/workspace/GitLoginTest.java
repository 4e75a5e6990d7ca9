package io.agentservice.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.testing.GitHttpServer;
import io.agentservice.testing.GitRepo;
import io.agentservice.testing.SshServer;
import io.agentservice.workspace.WorkspacePolicy.Content;
import io.agentservice.workspace.WorkspacePolicy.Identity;
import io.agentservice.workspace.WorkspacePolicy.Person;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who a job commits as, and with what it pushes. */
class GitLoginTest {

    private static final String TOKEN = "t0ken-nobody-may-see";

    @TempDir
    Path folder;

    private GitRepo person;
    private GitRepo bare;
    private GitHttpServer server;
    private WorkspaceFixture fixture;

    @BeforeEach
    void start() throws IOException {
        person = GitRepo.init(folder.resolve("person"));
        bare = person.bareCopy(folder.resolve("server/infra.git"));
        server = GitHttpServer.start(folder.resolve("server"), Optional.of(TOKEN));
        fixture = new WorkspaceFixture(folder.resolve("nothing"), folder.resolve("jobs"))
                .on(server.url("infra.git"), Optional.of("forge"), Content.ALL);
        fixture.credentials.put("forge", new WorkspaceFixture.Token("bot", Optional.of(TOKEN), Optional.empty()));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aJobFetchesAndPushesWithTheTokenThatItsPolicyNames() throws IOException {
        Workspace opened = fixture.open();
        var shell = new JobShell(opened);

        shell.good("echo new > new.txt && git add new.txt && git commit -qm work && git push -q");

        assertThat(bare.git("log", "-1", "--format=%s", "main")).isEqualTo("work");
    }

    @Test
    void aNewBranchIsPushedWithoutFurtherWords() throws IOException {
        var shell = new JobShell(fixture.open());

        shell.good("git checkout -qb fix && git commit -q --allow-empty -m work && git push -q");

        assertThat(bare.git("log", "-1", "--format=%s", "fix")).isEqualTo("work");
    }

    @Test
    void theTokenIsInOneFileOfTheRunsHomeAndGoneWithIt() throws IOException {
        Workspace opened = fixture.open();
        new JobShell(opened).good("git commit -q --allow-empty -m work && git push -q");

        var files = Secrets.filesWith(folder.resolve("jobs"), TOKEN);
        assertThat(files).singleElement().satisfies(file -> {
            assertThat(file).startsWith(opened.home());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        });
        opened.close();
        assertThat(Secrets.filesWith(folder.resolve("jobs"), TOKEN)).isEmpty();
        assertThat(fixture.phases.toString()).doesNotContain(TOKEN);
    }

    @Test
    void anotherHostIsNotShownTheToken() throws IOException {
        Workspace opened = fixture.open();
        try (var other = GitHttpServer.start(folder.resolve("server"), Optional.of(TOKEN))) {
            var result = new JobShell(opened).run("GIT_TERMINAL_PROMPT=0 git ls-remote " + other.url("infra.git"));

            assertThat(result.code()).isNotZero();
            assertThat(result.text()).contains("could not read Username");
        }
    }

    @Test
    void aTokenFromAFileIsReadAtEachUse() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "expired\n");
        fixture.credentials.put("forge", new WorkspaceFixture.Token("bot", Optional.empty(), Optional.of(file)));
        assertThatThrownBy(() -> fixture.open()).hasMessageContaining("could not be fetched");

        Files.writeString(file, TOKEN + "\n");

        assertThat(fixture.open().directory().resolve("README.md")).exists();
    }

    @Test
    void aCredentialThatIsNotConfiguredIsNamed() {
        fixture.credentials.clear();

        assertThatThrownBy(() -> fixture.open())
                .isInstanceOf(WorkspaceException.class)
                .hasMessageContaining("'forge'")
                .hasMessageContaining("agent-service.workspace.credentials.forge");
    }

    @Test
    void commitsCarryTheNamesOfThePolicy() throws IOException {
        var identity = new Identity(
                Person.parse("Issue Responder <responder@example.org>"), Person.parse("Bot <bot@example.org>"));
        var policy = fixture.policy;
        fixture.policy = new WorkspacePolicy(
                policy.mode(), policy.shared(), policy.sources(), identity, policy.keep(), policy.maxBytes());
        var shell = new JobShell(fixture.open());

        shell.good("git commit -q --allow-empty -m work");

        assertThat(shell.good("git log -1 --format='%an <%ae>, %cn <%ce>'"))
                .isEqualTo("Issue Responder <responder@example.org>, Bot <bot@example.org>");
    }

    @Test
    void aPersonIsANameAndAnAddress() {
        for (String wrong : new String[] {"", "x", "<x@y>", "a <b", "a <b> <c>", "a\n <b@c>"}) {
            assertThatThrownBy(() -> Person.parse(wrong)).hasMessage("must be 'Name <mail@host>'");
        }
    }

    @Test
    void withAnSshKeyOnlyTheHostThatIsPinnedIsTrusted() throws IOException {
        try (var ssh = SshServer.start(folder.resolve("ssh"))) {
            Path hosts = Files.writeString(folder.resolve("known_hosts"), ssh.knownHost());
            fixture.on(ssh.url(bare.folder()), Optional.of("key"), Content.ALL);
            fixture.credentials.put("key", new Key(ssh.clientKey(), hosts));
            Workspace opened = fixture.open();

            new JobShell(opened).good("git commit -q --allow-empty -m work && git push -q");

            assertThat(bare.git("log", "-1", "--format=%s", "main")).isEqualTo("work");
            Files.writeString(
                    hosts, ssh.knownHost().replace("AAAAC3NzaC1lZDI1NTE5AAAAI", "AAAAC3NzaC1lZDI1NTE5AAAAIA"));
            fixture.on(ssh.url(person.folder()), Optional.of("key"), Content.ALL);
            assertThatThrownBy(() -> fixture.open()).hasMessageContaining("Host key verification failed");
        }
    }

    private record Key(Path key, Path hosts) implements WorkspaceConfig.Credential {

        @Override
        public String username() {
            return "";
        }

        @Override
        public Optional<String> token() {
            return Optional.empty();
        }

        @Override
        public Optional<String> tokenVault() {
            return Optional.empty();
        }

        @Override
        public Optional<Path> tokenFile() {
            return Optional.empty();
        }

        @Override
        public Optional<Path> sshKeyFile() {
            return Optional.of(key);
        }

        @Override
        public Optional<Path> knownHostsFile() {
            return Optional.of(hosts);
        }
    }
}
