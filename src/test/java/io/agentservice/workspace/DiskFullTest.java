package io.agentservice.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agentservice.job.Job;
import io.agentservice.testing.GitRepo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full: a small file system of its own, which only root can make. */
@Tag("full")
class DiskFullTest {

    @TempDir
    Path folder;

    private Path disk;
    private WorkspaceFixture fixture;

    @BeforeEach
    void start() throws IOException {
        disk = Files.createDirectory(folder.resolve("disk"));
        var mounted = GitRepo.run(
                folder, Map.of(), List.of("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk.toString()));
        assumeTrue(mounted.code() == 0, "file systems cannot be made here");
        GitRepo person = GitRepo.init(folder.resolve("person"));
        byte[] noise = new byte[1_500_000];
        new Random(1).nextBytes(noise);
        Files.write(person.folder().resolve("noise"), noise);
        person.commitAll("noise");
        fixture = new WorkspaceFixture(person.folder(), disk.resolve("jobs"));
    }

    @AfterEach
    void stop() {
        GitRepo.run(folder, Map.of(), List.of("umount", disk.toString()));
    }

    @Test
    void aJobThatFindsNoRoomFailsInWordsAndLeavesNothing() throws IOException {
        Job first = WorkspaceFixture.job();
        Workspace opened = fixture.open(first);
        Job second = WorkspaceFixture.job();

        assertThatThrownBy(() -> fixture.open(second))
                .hasMessageMatching("(?s).*(No space left on device|Out of diskspace).*");

        assertThat(disk.resolve("jobs/workspaces").resolve(second.id().value())).doesNotExist();
        assertThat(disk.resolve("jobs/runs").resolve(second.id().value())).doesNotExist();
        fixture.end(first, opened, true);
        assertThat(fixture.open(second).directory().resolve("noise")).exists();
    }

    @Test
    void whatIsFreeIsKnown() throws IOException {
        long before = fixture.disk().free();
        Files.write(disk.resolve("file"), new byte[2_000_000]);

        assertThat(before).isLessThanOrEqualTo(8L << 20);
        assertThat(fixture.disk().free()).isBetween(before - 2_100_000, before - 1_900_000);
    }
}
