package io.agentservice.crash;

import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.agentservice.testing.SseReader;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Callers of a service that dies under them: they submit, follow what was taken, and hand in again what they had no
 * answer to. They remember all that they were told.
 */
final class Callers implements AutoCloseable {

    private static final int SUBMITTERS = 2;
    private static final int FOLLOWERS = 3;
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private final Random random;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger numbers = new AtomicInteger();
    private final ConcurrentLinkedQueue<Integer> unanswered = new ConcurrentLinkedQueue<>();
    /** Whatever should never have happened, in a sentence. */
    private final ConcurrentLinkedQueue<String> broken = new ConcurrentLinkedQueue<>();
    /** What was taken: the job of each request. */
    private final Map<Integer, String> taken = new ConcurrentHashMap<>();
    /** The events that were seen, by job and sequence. */
    private final Map<String, SortedMap<Long, String>> seen = new ConcurrentHashMap<>();

    private volatile Optional<URI> service = Optional.empty();

    Callers(long seed) {
        random = new Random(seed);
    }

    void begin() {
        for (int i = 0; i < SUBMITTERS; i++) {
            threads.submit(() -> whileOpen(this::submitOne));
        }
        for (int i = 0; i < FOLLOWERS; i++) {
            threads.submit(() -> whileOpen(this::followOne));
        }
    }

    /** From now on the service is there. */
    void serviceIsAt(URI base) {
        service = Optional.of(base);
        synchronized (this) {
            notifyAll();
        }
    }

    void serviceIsGone() {
        service = Optional.empty();
    }

    private void whileOpen(java.util.function.Consumer<URI> work) {
        while (!threads.isShutdown()) {
            try {
                work.accept(awaitService());
            } catch (InterruptedException closed) {
                return;
            } catch (UncheckedIOException | IllegalStateException died) {
                // It died under us: that is what this is about.
            } catch (RuntimeException e) {
                broken.add("a caller broke: " + e);
            }
        }
    }

    private synchronized URI awaitService() throws InterruptedException {
        while (service.isEmpty()) {
            wait(1000);
        }
        // Not faster than it can work: a queue that is full all the time would only show refusals.
        wait(150);
        return service.orElseGet(() -> URI.create("http://127.0.0.1:1"));
    }

    private void submitOne(URI base) {
        Integer again = unanswered.poll();
        int number = again != null ? again : numbers.incrementAndGet();
        boolean answered = false;
        try {
            answered = submit(base, number);
        } finally {
            if (!answered && isKeyed(number)) {
                unanswered.add(number);
            }
        }
    }

    private static boolean isKeyed(int number) {
        return number % 2 == 0;
    }

    /** @return whether there was an answer that settles it */
    private boolean submit(URI base, int number) {
        var request = HttpRequest.newBuilder(base.resolve("/execute"))
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + ServiceUnderTest.TOKEN)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body(number)));
        if (isKeyed(number)) {
            request.header("Idempotency-Key", "key-" + number);
        }
        HttpResponse<String> response = send(request.build());
        if (response.statusCode() != 202) {
            expect(response.statusCode() == 429 || response.statusCode() == 503, "submission got " + response.body());
            return false;
        }
        String id = new JsonPath(response.body()).getString("job_id");
        String before = taken.putIfAbsent(number, id);
        expect(before == null || before.equals(id), "key-%d made %s and %s".formatted(number, before, id));
        return true;
    }

    /** One in four runs the real CLI, half of these with a tool that takes a while. */
    private static String body(int number) {
        String agent = number % 4 == 1 ? "issue-responder" : "stub-counts";
        String script = number % 8 == 1
                ? "<<fake [{'tool':'Bash','input':{'command':'true; sleep 1.5'}},{'text':'a'},{'text':'b'}]>>"
                : "<<fake [{'deltas':10,'every':50}]>>";
        return "{\"agent\":\"%s\",\"prompt\":\"label:%d- %s\",\"metadata\":{\"number\":%d}}"
                .formatted(agent, number, script.replace("'", "\\\""), number);
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void followOne(URI base) {
        List<String> jobs = new ArrayList<>(taken.values());
        if (jobs.isEmpty()) {
            return;
        }
        String job = jobs.get(random(jobs.size()));
        SortedMap<Long, String> known = seen.computeIfAbsent(job, id -> new TreeMap<>());
        Optional<String> last;
        synchronized (known) {
            // Half of them go on where somebody stopped.
            last = known.isEmpty() || random(2) == 0 ? Optional.empty() : Optional.of("" + known.lastKey());
        }
        try (var stream = SseReader.open(base.resolve("/jobs/%s/events".formatted(job)), last)) {
            for (Optional<SseEvent> next; (next = stream.next()).isPresent(); ) {
                remember(job, known, next.get());
            }
        }
    }

    private void remember(String job, SortedMap<Long, String> known, SseEvent event) {
        if (event.id() < 0) {
            return;
        }
        String before;
        synchronized (known) {
            before = known.putIfAbsent(event.id(), event.data());
        }
        expect(
                before == null || before.equals(event.data()),
                "event %d of %s was %s and is %s".formatted(event.id(), job, before, event.data()));
    }

    private synchronized int random(int bound) {
        return random.nextInt(bound);
    }

    private void expect(boolean condition, String otherwise) {
        if (!condition) {
            broken.add(otherwise);
        }
    }

    List<String> broken() {
        return List.copyOf(broken);
    }

    Map<Integer, String> taken() {
        return Map.copyOf(taken);
    }

    Map<String, SortedMap<Long, String>> seen() {
        return seen;
    }

    /** Nothing more is submitted or followed. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
