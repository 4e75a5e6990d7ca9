package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.Metrics;
import io.agentservice.testing.RawStream;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What streams still get when the service is about to stop. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class StreamsAtTheEndTest {

    @TempDir
    Path folder;

    @Inject
    EventTails tails;

    /** Returns when the end has told the streams, and waits for them. */
    private Thread beginTheEnd() {
        var end = new Thread(() -> {
            try {
                tails.end(new ShutdownDelayInitiatedEvent());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        end.start();
        await().until(() -> end.getState() == Thread.State.TIMED_WAITING || !end.isAlive());
        return end;
    }

    @Test
    void aStreamThatIsBehindGetsAllThatIsStoredBeforeItEnds() throws Exception {
        String id = Jobs.submit("stub-long-line", "hi");
        Jobs.awaitFinal(id);
        List<SseEvent> all = Jobs.events(id);
        try (var stream = Jobs.follow(id, "", Optional.empty())) {
            SseEvent first = stream.next().orElseThrow();
            Thread end = beginTheEnd();

            assertThat(stream.toEnd()).isEqualTo(all.subList(1, all.size())).hasSizeGreaterThan(2);
            assertThat(first).isEqualTo(all.get(0));
            end.join();
        }
    }

    @Test
    void aStreamThatHasAllEndsAtOnceThoughItsJobGoesOn() throws Exception {
        String id = Jobs.submit("stub-waits", "wait-for:" + folder.resolve("go"));
        try (var stream = Jobs.follow(id, "", Optional.empty());
                var filtered = Jobs.follow(id, "?types=result", Optional.empty())) {
            while (!stream.next().orElseThrow().is("message")) {}
            Thread end = beginTheEnd();

            assertThat(stream.toEnd()).isEmpty();
            assertThat(filtered.toEnd()).isEmpty();
            assertThat(filtered.lastId()).isEqualTo(stream.lastId()).isPositive();
            end.join();
        } finally {
            Files.createFile(folder.resolve("go"));
        }
        assertThat(Jobs.awaitFinal(id).getString("status")).isEqualTo("completed");
    }

    @Test
    void aClientThatDoesNotReadHoldsTheEndForASecondOrTwo() throws IOException, InterruptedException {
        String id = Jobs.submit("stub-long-line", "hi");
        Jobs.awaitFinal(id);
        try (var stalled = RawStream.open("/jobs/" + id + "/events", 16 * 1024)) {
            stalled.until("event: ");

            beginTheEnd().join();

            await().until(() -> Metrics.scrape().sum("claude_agent_event_streams", Map.of()) == 0);
        }
    }
}
