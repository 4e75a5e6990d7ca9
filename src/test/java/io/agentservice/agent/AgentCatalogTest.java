package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentCatalogTest {

    @TempDir
    Path workspace;

    @TempDir
    Path elsewhere;

    private Path agents;
    private AgentCatalog catalog;

    @BeforeEach
    void makeFolder() throws IOException {
        agents = Files.createDirectories(workspace.resolve(".claude/agents"));
        catalog = new AgentCatalog(workspace);
    }

    @Test
    void agentsAreListedByName() throws IOException {
        write(agents.resolve("1.md"), "zoe");
        write(agents.resolve("2.md"), "adam");

        assertThat(names()).containsExactly("adam", "zoe");
    }

    @Test
    void anAgentIsFoundByItsNameNotByItsFile() throws IOException {
        write(agents.resolve("file-name.md"), "helper");

        assertThat(names()).containsExactly("helper");
    }

    @Test
    void anAgentThatIsAddedIsThereAtOnce() throws IOException {
        assertThat(names()).isEmpty();

        write(agents.resolve("new.md"), "new");

        assertThat(names()).containsExactly("new");
    }

    @Test
    void aWorkspaceWithoutAgentsHasNone() {
        assertThat(new AgentCatalog(elsewhere).list()).isEmpty();
    }

    @Test
    void aWorkspaceThatIsNotThereHasNone() {
        assertThat(new AgentCatalog(elsewhere.resolve("gone")).list()).isEmpty();
    }

    @Test
    void aFileInPlaceOfTheFolderHasNone() throws IOException {
        Files.createDirectories(elsewhere.resolve(".claude"));
        Files.writeString(elsewhere.resolve(".claude/agents"), "no folder");

        assertThat(new AgentCatalog(elsewhere).list()).isEmpty();
    }

    @Test
    void agentsMayLieInFoldersOfTheirOwn() throws IOException {
        write(Files.createDirectories(agents.resolve("a/b/c/d/e/f")).resolve("x.md"), "deep");

        assertThat(names()).containsExactly("deep");
    }

    @Test
    void onlyMarkdownFilesAreAgents() throws IOException {
        write(agents.resolve("x.txt"), "text");
        write(agents.resolve("x.MD"), "shout");
        Files.createDirectories(agents.resolve("folder.md"));

        assertThat(names()).isEmpty();
    }

    @Test
    void ofTwoFilesWithOneNameTheLastCounts() throws IOException {
        Files.writeString(agents.resolve("a.md"), "---\nname: helper\ndescription: first\n---\n");
        Files.writeString(agents.resolve("b.md"), "---\nname: helper\ndescription: second\n---\n");

        assertThat(catalog.list()).extracting(AgentDefinition::description).containsExactly("second");
    }

    @Test
    void aHugeFileIsNoAgent() throws IOException {
        Files.writeString(agents.resolve("huge.md"), "---\nname: huge\ndescription: d\n---\n" + "x".repeat(1 << 20));
        write(agents.resolve("x.md"), "helper");

        assertThat(names()).containsExactly("helper");
    }

    @Test
    void aFileThatIsNotYamlHidesOnlyItself() throws IOException {
        Files.writeString(agents.resolve("broken.md"), "---\nname: broken\ndescription: \"open\n---\n");
        write(agents.resolve("x.md"), "helper");

        assertThat(names()).containsExactly("helper");
    }

    @Test
    void aFileThatIsNotUtf8IsStillAnAgent() throws IOException {
        Files.write(
                agents.resolve("latin.md"),
                "---\nname: latin\ndescription: grün\n---\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(names()).containsExactly("latin");
    }

    @Test
    void linksAreFollowed() throws IOException {
        write(elsewhere.resolve("file.md"), "linked-file");
        write(Files.createDirectories(elsewhere.resolve("folder")).resolve("x.md"), "linked-folder");
        Files.createSymbolicLink(agents.resolve("file.md"), elsewhere.resolve("file.md"));
        Files.createSymbolicLink(agents.resolve("folder"), elsewhere.resolve("folder"));

        assertThat(names()).containsExactly("linked-file", "linked-folder");
    }

    @Test
    void theFolderItselfMayBeALink() throws IOException {
        write(elsewhere.resolve("x.md"), "shared");
        Files.delete(agents);
        Files.createSymbolicLink(agents, elsewhere);

        assertThat(names()).containsExactly("shared");
    }

    @Test
    void brokenAndCircularLinksHideOnlyThemselves() throws IOException {
        Files.createSymbolicLink(agents.resolve("broken.md"), elsewhere.resolve("gone"));
        Files.createSymbolicLink(agents.resolve("self.md"), agents.resolve("self.md"));
        Files.createSymbolicLink(agents.resolve("circle"), agents);
        write(agents.resolve("x.md"), "helper");

        assertThat(names()).containsExactly("helper");
    }

    @Test
    void aLinkToAWholeDiskDoesNotHoldUpTheList() throws IOException {
        Files.createSymbolicLink(agents.resolve("everything"), Path.of("/"));

        long before = System.nanoTime();
        catalog.list();

        assertThat(System.nanoTime() - before).isLessThan(10_000_000_000L);
    }

    /** Root reads everything, so this shows something only to an ordinary user. */
    @Test
    void whatCannotBeReadHidesOnlyItself() throws IOException {
        assumeThat(System.getProperty("user.name")).isNotEqualTo("root");
        Path closed = Files.createDirectories(agents.resolve("closed"));
        write(closed.resolve("x.md"), "closed");
        write(agents.resolve("unreadable.md"), "unreadable");
        write(agents.resolve("x.md"), "helper");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(agents.resolve("unreadable.md"), PosixFilePermissions.fromString("---------"));

        assertThat(names()).containsExactly("helper");
    }

    private Iterable<String> names() {
        return catalog.list().stream().map(agent -> agent.name().value()).toList();
    }

    private static void write(Path file, String name) throws IOException {
        Files.writeString(file, "---\nname: %s\ndescription: Does it.\n---\nYou do it.\n".formatted(name));
    }
}
