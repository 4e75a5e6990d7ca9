package io.agentservice.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.testing.GitHttpServer;
import io.agentservice.testing.GitRepo;
import io.agentservice.workspace.WorkspacePolicy.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repositories that try to make whoever checks them out run something, or look somewhere else. */
class HostileRepositoryTest {

    @TempDir
    Path folder;

    private Path proof;
    private GitRepo person;
    private GitHttpServer server;
    private WorkspaceFixture fixture;

    @BeforeEach
    void start() throws IOException {
        proof = folder.resolve("it-ran");
        person = GitRepo.init(folder.resolve("person"));
        Files.createDirectories(folder.resolve("server"));
        server = GitHttpServer.start(folder.resolve("server"), Optional.empty());
        fixture = new WorkspaceFixture(folder.resolve("nothing"), folder.resolve("jobs"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Workspace open(Content content) throws IOException {
        person.bareCopy(folder.resolve("server/hostile.git"));
        return fixture.on(server.url("hostile.git"), Optional.empty(), content).open();
    }

    private Path script(String name) throws IOException {
        Path script = folder.resolve(name);
        Files.writeString(script, "#!/bin/sh\necho $0 >> '%s'\n".formatted(proof));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    @Test
    void filtersThatAttributesNameDoNotRun() throws IOException {
        person.write(".gitattributes", "* filter=evil diff=evil merge=evil text\n*.lfs filter=lfs\n")
                .write(".gitconfig", "[filter \"evil\"]\n\tsmudge = touch " + proof + "\n")
                .write("big.lfs", "version https://git-lfs.github.com/spec/v1\n")
                .commitAll("attributes");

        Workspace opened = open(Content.ALL);

        assertThat(opened.directory().resolve("README.md")).hasContent("hello");
        assertThat(proof).doesNotExist();
    }

    @Test
    void hooksOfTheRepositoryOfThisMachineDoNotRun() throws IOException {
        Path hook = script("hook");
        for (String name :
                List.of("post-checkout", "post-merge", "reference-transaction", "pre-auto-gc", "post-index-change")) {
            Files.createSymbolicLink(person.folder().resolve(".git/hooks").resolve(name), hook);
        }
        person.git("config", "core.fsmonitor", hook.toString());
        person.git("config", "uploadpack.packObjectsHook", hook.toString());
        person.git("config", "core.alternateRefsCommand", hook.toString());

        Workspace opened = new WorkspaceFixture(person.folder(), folder.resolve("jobs")).open();

        assertThat(opened.directory().resolve("README.md")).exists();
        assertThat(opened.directory().resolve(".git/hooks")).doesNotExist();
        assertThat(proof).doesNotExist();
    }

    @Test
    void linksThatLeaveTheTreeAreCheckedOutAndNotFollowed() throws IOException {
        Files.createSymbolicLink(person.folder().resolve("passwd"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(person.folder().resolve("etc"), Path.of("/etc"));
        person.commitAll("links");

        Workspace opened = open(Content.ALL);
        fixture.workspaces().remove(WorkspaceFixture.job().id());

        assertThat(Files.readSymbolicLink(opened.directory().resolve("etc"))).isEqualTo(Path.of("/etc"));
        assertThat(DiskUse.of(opened.directory())).isLessThan(200_000);
        DirectoryRemoval.remove(opened.directory());
        assertThat(Path.of("/etc/passwd")).exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ext::sh -c touch% IT_RAN",
                "-u./payload",
                "--upload-pack=touch IT_RAN",
                "file:///etc",
                "/etc",
                "../person",
                "fd::17",
                "ssh://-oProxyCommand=touch% IT_RAN/x"
            })
    void submodulesThatAreTricksFailTheJobAndRunNothing(String url) throws IOException {
        String commit = person.head();
        person.git("update-index", "--add", "--cacheinfo", "160000," + commit + ",sub");
        person.write(
                        ".gitmodules",
                        "[submodule \"sub\"]\n\tpath = sub\n\turl = \"%s\"\n"
                                .formatted(url.replace("IT_RAN", proof.toString())))
                .git("add", ".gitmodules");
        person.git("commit", "--quiet", "-m", "submodule");

        assertThatThrownBy(() -> open(new Content(true, false, Optional.empty(), List.of())))
                .isInstanceOf(WorkspaceException.class)
                .hasMessageContaining("submodule");

        assertThat(proof).doesNotExist();
        assertThat(folder.resolve("jobs/workspaces")).isEmptyDirectory();
    }

    @Test
    void aSubmodulesCommandIsNotRun() throws IOException {
        person.git("update-index", "--add", "--cacheinfo", "160000," + person.head() + ",sub");
        person.write(
                        ".gitmodules",
                        "[submodule \"sub\"]\n\tpath = sub\n\turl = %s\n\tupdate = !touch %s\n"
                                .formatted(server.url("hostile.git"), proof))
                .git("add", ".gitmodules");
        person.git("commit", "--quiet", "-m", "submodule");

        assertThatThrownBy(() -> open(new Content(true, false, Optional.empty(), List.of())))
                .isInstanceOf(WorkspaceException.class);

        assertThat(proof).doesNotExist();
    }

    @Test
    void submodulesAreNotFetchedUnlessThePolicySaysSo() throws IOException {
        person.git("update-index", "--add", "--cacheinfo", "160000," + person.head() + ",sub");
        person.write(
                        ".gitmodules",
                        "[submodule \"sub\"]\n\tpath = sub\n\turl = %s\n".formatted(server.url("other.git")))
                .git("add", ".gitmodules");
        person.git("commit", "--quiet", "-m", "submodule");

        Workspace opened = open(Content.ALL);

        assertThat(opened.directory().resolve("sub")).isEmptyDirectory();
        assertThat(server.requests()).noneMatch(request -> request.contains("other.git"));
    }

    @Test
    void aSubmoduleOfTheSameServerIsThere() throws IOException {
        GitRepo.init(folder.resolve("other")).bareCopy(folder.resolve("server/other.git"));
        person.git(
                "update-index",
                "--add",
                "--cacheinfo",
                "160000," + new GitRepo(folder.resolve("other")).head() + ",sub");
        person.write(".gitmodules", "[submodule \"sub\"]\n\tpath = sub\n\turl = ../other.git\n")
                .git("add", ".gitmodules");
        person.git("commit", "--quiet", "-m", "submodule");

        Workspace opened = open(new Content(true, false, Optional.empty(), List.of()));

        assertThat(opened.directory().resolve("sub/README.md")).hasContent("hello");
    }

    @Test
    void anAddressThatIsNoneOfGitsUsualOnesIsRefused() {
        for (String url : List.of(
                "ext::sh -c id", "-uevil", "--upload-pack=x", "fd::3", "ftp://x/y", "https://x/ y", "x", "../x", "")) {
            assertThatThrownBy(() -> Remote.parse(url)).as(url).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theUsualAddressesAreTaken() {
        for (String url : List.of(
                "https://forge.example/infra.git",
                "http://127.0.0.1:8080/x",
                "ssh://git@forge.example:2222/infra.git",
                "git@forge.example:infra/infra.git",
                "git://forge.example/x",
                "file:///srv/git/x.git",
                "/srv/git/x.git")) {
            assertThat(Remote.parse(url).remote().url()).isEqualTo(url);
        }
    }

    @Test
    void aSecretInAnAddressIsTakenOutOfIt() {
        var parsed = Remote.parse("https://bot:p%40ss@forge.example:8443/infra.git");

        assertThat(parsed.remote().url()).isEqualTo("https://forge.example:8443/infra.git");
        assertThat(parsed.remote().host()).contains("https://forge.example:8443");
        assertThat(parsed.login()).contains(new GitLogin.Token("bot", "p@ss"));
        assertThat(parsed.toString()).doesNotContain("p@ss");
    }
}
