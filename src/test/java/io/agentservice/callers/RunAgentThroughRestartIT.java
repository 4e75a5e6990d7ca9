package io.agentservice.callers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceProcess;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.Shell;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** run-agent while the service is killed, full or not there yet. */
@Tag("full")
class RunAgentThroughRestartIT {

    private final ServiceUnderTest around = new ServiceUnderTest();
    private final Map<String, String> config = new HashMap<>();
    private ServiceProcess service;

    @TempDir
    Path folder;

    private RunAgent dash;
    private RunAgent busybox;

    @BeforeEach
    void start() throws IOException {
        dash = new RunAgent(Shell.dash(folder));
        busybox = new RunAgent(Shell.busybox(folder));
        config.putAll(around.start());
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            config.put("quarkus.http.port", Integer.toString(free.getLocalPort()));
        }
        config.put("agent-service.queue.max-concurrency", "1");
        config.put("agent-service.queue.max-depth", "1");
        service = ServiceProcess.start(config);
    }

    @AfterEach
    void stop() {
        service.close();
        around.stop();
    }

    @Test
    void noLineOfTheLogIsLostOrRepeatedWhenTheServiceIsKilledTwice() throws Exception {
        String id = dash.run("--detach", "stub-paced", "hi").out().strip();
        try (var one = dash.start("--attach", id);
                var other = busybox.start("--attach", id)) {
            for (int kill = 1; kill <= 2; kill++) {
                int lines = kill * 100;
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> one.out().lines().count() > lines
                                && other.out().lines().count() > lines);
                service.kill();
                assertThat(service.awaitExit(10)).isTrue();
                service = ServiceProcess.start(config);
            }

            List<Shell.Ran> ran = List.of(one.await(), other.await());

            String log = Jobs.authorized()
                    .get("/jobs/" + id + "/log?width=100")
                    .then()
                    .extract()
                    .asString();
            assertThat(log.lines()).hasSizeGreaterThan(500);
            assertThat(ran).allSatisfy(shown -> {
                assertThat(shown.code()).isZero();
                assertThat(shown.out()).isEqualTo(log);
            });
        }
    }

    @Test
    void aFullQueueIsWaitedForAndThenSaid() throws Exception {
        Path signal = folder.resolve("go");
        String first = dash.run("-d", "stub-waits", "wait-for:" + signal).out().strip();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Jobs.get(first).getString("status").equals("running"));
        dash.run("-d", "stub-after-result", "hi");

        Shell.Ran refused = busybox.run("stub-after-result", "hi", "--patience", "1");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("429: ");

        try (var patient = busybox.start("-q", "stub-after-result", "hi", "--patience", "90")) {
            await().atMost(Duration.ofSeconds(60))
                    .during(Duration.ofSeconds(2))
                    .until(() -> patient.out().isEmpty());
            Files.createFile(signal);
            assertThat(patient.await())
                    .extracting(Shell.Ran::code, Shell.Ran::out)
                    .containsExactly(0, "second\n");
        }
    }

    @Test
    void aRateThatIsSpentForAnHourIsNotWaitedFor() throws Exception {
        for (int start = 0; start < 2; start++) {
            assertThat(dash.run("-q", "stub-refused", "hi").code()).isZero();
        }

        Shell.Ran refused = dash.run("-q", "stub-refused", "hi");

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("429: ");
    }

    @Test
    void aServiceThatComesBackInTimeGetsTheJobOnce() throws Exception {
        service.kill();
        assertThat(service.awaitExit(10)).isTrue();

        try (var early = busybox.start("-q", "stub-after-result", "hi", "--patience", "90")) {
            service = ServiceProcess.start(config);
            assertThat(early.await()).isEqualTo(new Shell.Ran(0, "second\n", early.err()));
        }
        assertThat(Jobs.authorized().get("/jobs").jsonPath().getList("jobs")).hasSize(1);
    }
}
