package io.agentservice.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.testing.GitHttpServer;
import io.agentservice.testing.GitRepo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twenty jobs at once, beside plain clones of the same, in one run, which prints how long each took. The figures in
 * docs/benchmarks.md are with {@code -DargLine="-Dworkspace.load.files=20000 -Djava.io.tmpdir=…"} on a tmpfs.
 */
@Tag("full")
class WorkspaceLoadTest {

    private static final int JOBS = 20;
    private static final int FILES = Integer.getInteger("workspace.load.files", 2_000);

    /** On -Djava.io.tmpdir; a disk that discards what is deleted takes longer to clean up than to test. */
    @TempDir
    Path folder;

    private GitHttpServer server;
    private WorkspaceFixture fixture;

    private record Timed<T>(T value, long millis) {

        static <T> Timed<T> of(Callable<T> work) throws Exception {
            long begun = System.nanoTime();
            T value = work.call();
            return new Timed<>(value, (System.nanoTime() - begun) / 1_000_000);
        }
    }

    /** All at once, each on a thread of its own. */
    private static <T> Timed<List<Timed<T>>> atOnce(Callable<T> work) throws Exception {
        var threads = Executors.newFixedThreadPool(JOBS);
        try {
            return Timed.of(() -> {
                List<Timed<T>> done = new ArrayList<>();
                for (Future<Timed<T>> future : threads.invokeAll(IntStream.range(0, JOBS)
                        .<Callable<Timed<T>>>mapToObj(i -> () -> Timed.of(work))
                        .toList())) {
                    done.add(future.get());
                }
                return done;
            });
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void eachOfTwentyJobsHasItsOwnCheckoutAndNoneCanDamageTheMirror() throws Exception {
        serveLargeRepository();
        try {
            report(
                    "plain git clone over HTTP, alone",
                    Timed.of(this::plainClone).millis());
            var clones = atOnce(this::plainClone);
            report("plain git clone over HTTP, 20 at once", clones);
            remove(clones.value());
            var mirror = Timed.of(() -> fixture.sources().refresh(fixture.policy, Optional.empty()));
            report("the mirror's first fetch, once", mirror.millis());
            report("a job's checkout, alone", Timed.of(fixture::open).millis());
            var jobs = atOnce(fixture::open);
            report("a job's checkout, 20 at once", jobs);
            List<Workspace> opened = jobs.value().stream().map(Timed::value).toList();
            assertThat(opened).allSatisfy(this::isWhole);
            damageAll(opened);
            assertThat(new GitRepo(mirrorFolder()).git("fsck", "--full", "--strict"))
                    .isEmpty();
            isWhole(fixture.open());
            // Over loopback a clone costs its files, as a checkout does; over a network it costs the network too.
        } finally {
            server.close();
        }
    }

    private void serveLargeRepository() throws Exception {
        GitRepo person = GitRepo.init(folder.resolve("person"));
        var random = new Random(1);
        for (int i = 0; i < FILES; i++) {
            byte[] text = new byte[300];
            random.nextBytes(text);
            person.write(
                    "stacks/%03d/%03d/main-%d.tf".formatted(i / 1000, i / 50, i),
                    "%x\n%s\n".formatted(i, java.util.Base64.getMimeEncoder().encodeToString(text)));
        }
        person.commitAll("all of it");
        person.bareCopy(folder.resolve("server/infra.git")).git("gc", "--quiet");
        server = GitHttpServer.start(folder.resolve("server"), Optional.empty());
        fixture = new WorkspaceFixture(folder.resolve("nothing"), folder.resolve("jobs")).on(server.url("infra.git"));
    }

    private Path plainClone() throws Exception {
        Path target = Files.createTempDirectory(folder, "clone");
        var result = GitRepo.run(
                folder, Map.of(), List.of("git", "clone", "--quiet", server.url("infra.git"), target.toString()));
        assertThat(result.code()).as(result.text()).isZero();
        return target;
    }

    private static void remove(List<Timed<Path>> clones) throws Exception {
        for (Timed<Path> clone : clones) {
            DirectoryRemoval.remove(clone.value());
        }
    }

    private void isWhole(Workspace workspace) {
        var shell = new JobShell(workspace);
        assertThat(shell.good("git ls-files | wc -l").strip()).isEqualTo(Integer.toString(FILES + 1));
        assertThat(shell.good("git status --porcelain")).isEmpty();
    }

    /** Overwrites in place every file that git keeps: through a hard link that would reach the mirror. */
    private static void damageAll(List<Workspace> workspaces) {
        for (Workspace workspace : workspaces) {
            new JobShell(workspace)
                    .good("find .git -type f -exec chmod u+w {} + "
                            + "&& find .git -type f -exec sh -c 'for f; do echo broken > \"$f\"; done' _ {} +");
        }
    }

    private Path mirrorFolder() throws Exception {
        try (var mirrors = Files.list(folder.resolve("jobs/mirrors"))) {
            return mirrors.findFirst().orElseThrow();
        }
    }

    private static void report(String what, long millis) {
        System.out.printf("load: %-40s %6d ms%n", what, millis);
    }

    private static <T> void report(String what, Timed<List<Timed<T>>> all) {
        List<Long> sorted = all.value().stream().map(Timed::millis).sorted().toList();
        System.out.printf(
                "load: %-40s %6d ms in all; each: least %d, median %d, most %d ms%n",
                what, all.millis(), sorted.get(0), sorted.get(JOBS / 2), sorted.get(JOBS - 1));
    }
}
