package io.agentservice.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.testing.Processes;
import io.agentservice.testing.ServiceProcess;
import io.agentservice.testing.ServiceUnderTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged service is killed with SIGKILL at random moments, fifty times and more, while callers submit and follow
 * jobs. Then every promise is checked against the store's file and the stand-in API's own account.
 */
@Tag("full")
class CrashSuiteIT {

    private static final int KILLS = Integer.getInteger("crash.kills", 55);
    private static final long SEED = Long.getLong("crash.seed", 14);

    private final ServiceUnderTest surroundings = new ServiceUnderTest();
    private final Map<String, String> config = new HashMap<>();
    private final Random random = new Random(SEED);

    @TempDir
    Path folder;

    private Path alone;
    private ServiceProcess service;

    @BeforeEach
    void prepare() throws IOException {
        config.putAll(surroundings.start());
        Path workspace = Path.of(config.get("agent-service.workspace.directory"));
        alone = Files.createDirectories(workspace.resolve("alone"));
        String agents = "defaults: {max-attempts: 4, workspace: {shared: true}, environment: {ALONE_FOLDER: '%s'}}"
                .formatted(alone);
        config.put(
                "agent-service.agent.file",
                Files.writeString(folder.resolve("agents.yaml"), agents).toString());
        config.put(
                "agent-service.agent.claude-binary",
                Path.of("src/test/cli/alone").toAbsolutePath().toString());
        config.put("agent-service.queue.max-concurrency", "3");
        config.put("agent-service.queue.max-depth", "12");
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
        surroundings.stop();
    }

    @Test
    void killedAgainAndAgainItKeepsEveryPromise() throws Exception {
        var callers = new Callers(SEED);
        try (callers) {
            callers.begin();
            for (int kill = 0; kill < KILLS; kill++) {
                liveAndDie(callers, kill);
            }
        }
        service = ServiceProcess.start(config);
        var books = new Books(storeFile(), URI.create(config.get("agent-service.agent.api-base-url")));
        await().atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> books.jobs().stream().allMatch(Books.JobRow::isFinal));

        System.out.printf(
                "%d requests were taken, %d jobs followed%n",
                callers.taken().size(), callers.seen().size());
        assertThat(callers.broken()).isEmpty();
        checkJobs(callers, books);
        checkEvents(callers, books);
        checkMoney(books);
        assertThat(alone.resolve("twice-at-once")).doesNotExist();
        assertThat(Processes.with("stub-counts")).as("processes that are left").isEmpty();
        assertThat(Processes.with("issue-responder"))
                .as("processes that are left")
                .isEmpty();
    }

    private Path storeFile() {
        return Path.of(config.get("agent-service.workspace.jobs-directory"), "agent-service.db");
    }

    /** One life in five ends before it has quite begun, in the midst of taking up what the last one left. */
    private void liveAndDie(Callers callers, int life) throws Exception {
        service = ServiceProcess.launch(List.of(), config);
        if (life % 5 == 4) {
            pause(500 + random.nextInt(2500));
        } else {
            service.awaitListening();
            callers.serviceIsAt(URI.create("http://127.0.0.1:" + RestAssured.port));
            pause(300 + random.nextInt(3000));
        }
        service.kill();
        callers.serviceIsGone();
        assertThat(service.awaitExit(10)).isTrue();
    }

    private void pause(long millis) throws InterruptedException {
        assertThat(service.awaitExit(millis, TimeUnit.MILLISECONDS))
                .as("it ended by itself: " + service.log())
                .isFalse();
    }

    private static void checkJobs(Callers callers, Books books) throws Exception {
        List<Books.JobRow> jobs = books.jobs();
        assertThat(jobs)
                .extracting(Books.JobRow::number)
                .as("no request made two jobs")
                .doesNotHaveDuplicates();
        assertThat(jobs)
                .extracting(Books.JobRow::id)
                .containsAll(callers.taken().values());
        for (Books.JobRow job : jobs) {
            List<String> statuses = books.statuses(job.id());
            assertThat(statuses.stream()
                            .filter(status ->
                                    !List.of("queued", "running", "cancelling").contains(status)))
                    .as("the final statuses of " + job)
                    .containsExactly(job.status());
            assertThat(statuses).startsWith("queued").endsWith(job.status());
        }
        assertThat(jobs.stream().filter(job -> job.attempt() > 1))
                .as("jobs that went on")
                .hasSizeGreaterThan(KILLS / 10);
        assertThat(jobs.stream().filter(job -> job.status().equals("completed")))
                .hasSizeGreaterThan(KILLS / 2);
    }

    private static void checkEvents(Callers callers, Books books) throws Exception {
        assertThat(callers.seen()).hasSizeGreaterThan(KILLS / 3);
        for (var seen : callers.seen().entrySet()) {
            List<String> stored = books.events(seen.getKey());
            seen.getValue()
                    .forEach((sequence, data) -> assertThat(stored.get((int) (sequence - 1)))
                            .as("event %d", sequence)
                            .isEqualTo(data));
        }
    }

    /** Exact to the last digit where every run could give account; else off by the calls that were cut off. */
    private static void checkMoney(Books books) throws Exception {
        assertThat(books.totalOfFinalStatuses()).isEqualTo(books.jobs().size());
        assertThat(books.totalCost()).isEqualTo(books.ledgerSum());
        Map<String, Books.Booked> booked = books.booked();
        Map<Integer, Integer> calls = books.calls();
        BigDecimal sumAsked = BigDecimal.ZERO;
        BigDecimal sumBooked = BigDecimal.ZERO;
        int estimates = 0;
        for (Books.JobRow job : books.jobs()) {
            if (!job.agent().equals("issue-responder")) {
                continue;
            }
            Books.Booked own = booked.get(job.id());
            BigDecimal asked = Books.CALL.multiply(BigDecimal.valueOf(calls.getOrDefault(job.number(), 0)));
            BigDecimal tolerance = Books.CALL.multiply(BigDecimal.valueOf(own.estimates()));
            assertThat(own.usd())
                    .as("%s was asked for %s and booked %s", job, asked, own)
                    .isBetween(asked.subtract(tolerance), asked.add(tolerance));
            sumAsked = sumAsked.add(asked);
            sumBooked = sumBooked.add(own.usd());
            estimates += own.estimates();
        }
        assertThat(sumAsked).isPositive();
        System.out.printf(
                "asked for %s USD, booked %s USD, %d of the runs estimated%n", sumAsked, sumBooked, estimates);
    }
}
