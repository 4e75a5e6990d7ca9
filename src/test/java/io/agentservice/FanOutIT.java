package io.agentservice;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.Jvm;
import io.agentservice.testing.ServiceProcess;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseCrowd;
import io.agentservice.testing.SseEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many clients on one job: nobody loses an event, nobody pays for another. */
@Tag("full")
class FanOutIT {

    private static final int CLIENTS = 1000;
    private static final int STALLED = 100;
    private static final long MAX_BYTES_PER_CLIENT = 30 * 1024;
    private static final int READERS = 10;
    private static final int CYCLES = 200;

    private static final ServiceUnderTest AROUND = new ServiceUnderTest();
    private static ServiceProcess service;

    @BeforeAll
    static void start() throws IOException {
        service = ServiceProcess.start(AROUND.start());
    }

    @AfterAll
    static void stop() {
        service.close();
        AROUND.stop();
    }

    /** How long the agent's words took to be stored. */
    private record Ingest(Duration whole, long medianMicros, long p99Micros) {

        static Ingest of(List<SseEvent> events) {
            List<SseEvent> words = events.stream()
                    .filter(event -> event.is("message") && event.text().startsWith("stamp="))
                    .toList();
            long[] lags = words.stream().mapToLong(Ingest::lagMicros).sorted().toArray();
            return new Ingest(
                    Duration.between(at(words.get(0)), at(words.get(words.size() - 1))),
                    lags[lags.length / 2],
                    lags[lags.length * 99 / 100]);
        }

        private static Instant at(SseEvent event) {
            return Instant.parse(event.json().getString("at"));
        }

        private static long lagMicros(SseEvent event) {
            long said = Long.parseLong(event.text().substring("stamp=".length())) / 1000;
            Instant at = at(event);
            return at.getEpochSecond() * 1_000_000 + at.getNano() / 1000 - said;
        }
    }

    /**
     * What is reachable on the heap, and the buffers off it. The heap in use after a collection would not do: the garbage
     * that the clients make until it is read counts in it.
     */
    private static double usedBytes() throws IOException, InterruptedException {
        return new Jvm(service.pid()).liveHeapBytes() + bufferBytes();
    }

    private static double bufferBytes() {
        return given().get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("jvm_buffer_memory_used_bytes"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void aThousandClientsLoseNothingCostLittleAndSlowNobodyDown() throws Exception {
        String alone = Jobs.submit("stub-paced", "hi");
        Jobs.awaitFinal(alone);
        Ingest usual = Ingest.of(Jobs.events(alone));
        double before = usedBytes();

        String id = Jobs.submit("stub-paced", "hi");
        try (var crowd = new SseCrowd(id, CLIENTS, STALLED)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> crowd.slowest() > 50);
            double perClient = (usedBytes() - before) / (CLIENTS + STALLED);
            await().atMost(Duration.ofSeconds(120)).until(crowd::allEnded);

            List<SseEvent> stored = Jobs.events(id);
            Ingest ingest = Ingest.of(stored);
            System.out.printf(
                    "fan-out: %d clients, %d stalled: %.1f KB each; alone %s; followed %s%n",
                    CLIENTS, STALLED, perClient / 1024, usual, ingest);
            assertThat(crowd.wrongAt(stored.size())).isZero();
            assertThat(perClient).isLessThan(MAX_BYTES_PER_CLIENT);
            // A backlog would last to the end; the agent itself has less of the processor, and counting stops the
            // service.
            assertThat(ingest.medianMicros()).isLessThan(100_000);
            assertThat(ingest.p99Micros()).isLessThan(3_000_000);
        }
    }

    @Test
    void whoeverLeavesAndComesBackAtAnyPointReadsExactlyWhatIsStored() throws Exception {
        long seed = Long.getLong("fan-out.seed", System.nanoTime());
        String id = Jobs.submit("stub-paced", "hi");
        var threads = Executors.newFixedThreadPool(READERS);
        try {
            List<Callable<List<SseEvent>>> readers = IntStream.range(0, READERS)
                    .<Callable<List<SseEvent>>>mapToObj(i -> () -> restless(id, new Random(seed + i)))
                    .toList();
            var all = threads.invokeAll(readers);

            List<SseEvent> stored = Jobs.events(id);
            for (var reader : all) {
                assertThat(reader.get()).as("seed %d", seed).isEqualTo(stored);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Leaves so often, after a few events each time, and then stays to the end. */
    private static List<SseEvent> restless(String id, Random random) {
        List<SseEvent> seen = new ArrayList<>();
        Optional<String> last = Optional.empty();
        for (int i = 0; i < CYCLES / READERS; i++) {
            int some = random.nextInt(60);
            try (var stream = Jobs.follow(id, random.nextBoolean() ? "?deltas=true" : "", last)) {
                for (int n = 0; n < some; n++) {
                    stream.next().filter(event -> event.id() > 0).ifPresent(seen::add);
                }
            }
            last = seen.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Long.toString(seen.get(seen.size() - 1).id()));
        }
        try (var stream = Jobs.follow(id, "", last)) {
            seen.addAll(stream.toEnd());
        }
        return seen;
    }
}
