package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that may become four megabytes large. */
@Tag("full")
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
@TestProfile(LittleRoomTest.LittleRoom.class)
class LittleRoomTest {

    private static final int JOBS = 12;

    @TempDir
    Path folder;

    /** Time alone removes nothing. */
    public static final class LittleRoom implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "agent-service.store.job-ttl", "0s",
                    "agent-service.store.max-bytes", "4M",
                    "agent-service.store.keep-at-least", "0s",
                    "agent-service.store.retention-interval", "200ms");
        }
    }

    @Test
    void theOldestGoAsManyAsMustAndNoneThatRuns() throws IOException {
        Path signal = folder.resolve("go");
        String running = Jobs.submit("stub-waits", "wait-for:" + signal);
        String large = "p".repeat(1_000_000);
        List<String> ended = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            String id = Jobs.submit("stub-after-result", large);
            ended.add(id);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Jobs.authorized()
                                    .get("/jobs?status=queued,running")
                                    .jsonPath()
                                    .getList("jobs")
                                    .size()
                            == 1);
        }

        await().atMost(Duration.ofSeconds(60)).until(() -> kept(ended).size() <= 4);

        assertThat(kept(ended))
                .as("the newest, as many as there is room for")
                .isNotEmpty()
                .isEqualTo(ended.subList(JOBS - kept(ended).size(), JOBS));
        assertThat(Jobs.get(running).getString("status")).isEqualTo("running");
        Files.createFile(signal);
    }

    private static List<String> kept(List<String> jobs) {
        return jobs.stream()
                .filter(id -> Jobs.authorized().get("/jobs/" + id).statusCode() == 200)
                .toList();
    }
}
