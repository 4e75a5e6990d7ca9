package io.agentservice.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryRemovalTest {

    @TempDir
    Path directory;

    private Path root;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createDirectory(directory.resolve("root"));
    }

    @Test
    void aTreeIsRemovedWithEverythingInIt() throws IOException {
        Files.createDirectories(root.resolve("a/b/c"));
        Files.writeString(root.resolve("a/b/file"), "x");
        Files.writeString(root.resolve("a/.hidden"), "x");

        DirectoryRemoval.remove(root);

        assertThat(root).doesNotExist();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void nothingToRemoveIsNoError() {
        assertThatCode(() -> DirectoryRemoval.remove(directory.resolve("gone"))).doesNotThrowAnyException();
    }

    @Test
    void aFileIsRemovedLikeAFolder() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "x");

        DirectoryRemoval.remove(file);

        assertThat(file).doesNotExist();
    }

    @Test
    void linksAreRemovedAndNotFollowed() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path precious = Files.writeString(outside.resolve("precious"), "x");
        Files.createSymbolicLink(root.resolve("folder"), outside);
        Files.createSymbolicLink(root.resolve("file"), precious);
        Files.createSymbolicLink(root.resolve("broken"), directory.resolve("gone"));
        Files.createSymbolicLink(root.resolve("circle"), root);

        DirectoryRemoval.remove(root);

        assertThat(root).doesNotExist();
        assertThat(precious).hasContent("x");
    }

    @Test
    void aLinkInPlaceOfTheFolderIsAllThatIsRemoved() throws IOException {
        Path precious = Files.writeString(root.resolve("precious"), "x");
        Path link = Files.createSymbolicLink(directory.resolve("link"), root);

        DirectoryRemoval.remove(link);

        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(precious).exists();
    }

    @Test
    void permissionsOutsideStayAsTheyAre() throws IOException {
        Path outside = Files.createDirectory(
                directory.resolve("outside"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-x------")));
        Files.createSymbolicLink(root.resolve("folder"), outside);

        DirectoryRemoval.remove(root);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(outside)))
                .isEqualTo("r-x------");
    }

    /** Root may do everything anyway, so this shows something only to an ordinary user. */
    @ParameterizedTest
    @ValueSource(strings = {"---------", "r--------", "-w-------", "--x------", "r-x------"})
    void noPermissionKeepsAFolder(String permissions) throws IOException {
        Path closed = Files.createDirectories(root.resolve("a/closed"));
        Files.createDirectories(closed.resolve("inner"));
        Files.writeString(closed.resolve("inner/file"), "x");
        for (Path folder : new Path[] {closed.resolve("inner"), closed, root.resolve("a"), root}) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
        }

        DirectoryRemoval.remove(root);

        assertThat(root).doesNotExist();
    }

    /** Deeper than a path can name and than a process may have folders open. */
    @Test
    void aTreeWithoutEndIsRemoved() throws IOException {
        nest(root, "d", 100, 25);

        DirectoryRemoval.remove(root);

        assertThat(root).doesNotExist();
    }

    @Test
    void aTreeOfLongNamesIsRemoved() throws IOException {
        nest(root, "x".repeat(240), 10, 20);

        DirectoryRemoval.remove(root);

        assertThat(root).doesNotExist();
    }

    /** Builds it from its end: each chain takes the one before into its last folder. */
    private void nest(Path top, String name, int length, int chains) throws IOException {
        Path inner = null;
        for (int i = 0; i < chains; i++) {
            Path chain = directory.resolve("chain" + i);
            Path last = Files.createDirectories(chain.resolve((name + "/").repeat(length)));
            Files.writeString(last.resolve("file"), "x");
            if (inner != null) {
                Files.move(inner, last.resolve("inner"));
            }
            inner = chain;
        }
        Files.move(inner, top.resolve("inner"));
    }

    @Test
    void thousandsOfFilesAreRemoved() throws IOException {
        for (int i = 0; i < 3_000; i++) {
            Files.createFile(root.resolve("file" + i));
        }

        DirectoryRemoval.remove(root);

        assertThat(root).doesNotExist();
    }
}
