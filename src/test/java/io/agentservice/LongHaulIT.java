package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceProcess;
import io.agentservice.testing.ServiceUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What shows only after many jobs or much output. */
@Tag("full")
class LongHaulIT {

    private static final ServiceUnderTest SURROUNDINGS = new ServiceUnderTest();
    private static Map<String, String> config;
    private static ServiceProcess service;

    @BeforeAll
    static void start() throws IOException {
        config = new java.util.HashMap<>(SURROUNDINGS.start());
        config.put("agent-service.queue.max-depth", "1000");
        // The pool of readers grows when many ask at once; here it is at its bound from the start.
        config.put("quarkus.datasource.reader.jdbc.initial-size", "4");
        config.put("quarkus.datasource.reader.jdbc.min-size", "4");
        service = ServiceProcess.start(config);
    }

    @AfterAll
    static void stop() {
        service.close();
        SURROUNDINGS.stop();
    }

    private static long threads() {
        try (Stream<Path> entries =
                Files.list(Path.of("/proc", Long.toString(service.pid())).resolve("task"))) {
            return entries.count();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** But for sockets: how many connections are kept open is up to the clients. */
    private static long descriptors() {
        try (Stream<Path> entries =
                Files.list(Path.of("/proc", Long.toString(service.pid())).resolve("fd"))) {
            return entries.map(LongHaulIT::target)
                    .filter(target -> !target.startsWith("socket:"))
                    .count();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private static void runMany(int jobs) {
        List<String> ids = IntStream.range(0, jobs)
                .mapToObj(i -> Jobs.submit(i % 2 == 0 ? "stub-after-result" : "stub-exit-3", "hi"))
                .toList();
        ids.forEach(Jobs::awaitFinal);
    }

    @Test
    void twoHundredJobsLeaveNoThreadDescriptorOrFolder() {
        runMany(40);
        long descriptors = descriptors();
        long threads = threads();

        runMany(200);

        // Idle pipe threads live on for a minute; worker threads come and go within the bounds of their pool.
        await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
            assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 3);
            assertThat(threads()).isLessThanOrEqualTo(threads + 3);
        });
        Path runs = Path.of(config.get("agent-service.workspace.jobs-directory"), "runs");
        assertThat(runs).isEmptyDirectory();
    }

    @Test
    void fiveHundredMegabytesEndAtTheLimitWithTheirResult() {
        String id = Jobs.submit("stub-huge-flood", "go");

        assertThat(Jobs.awaitFinal(id).getString("result")).isEqualTo("flooded");
        try (var stream = Jobs.follow(id, "", java.util.Optional.of("100000"))) {
            assertThat(stream.toEnd().stream().filter(event -> event.is("truncated")))
                    .hasSize(1);
        }
    }
}
