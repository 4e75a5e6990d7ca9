package io.agentservice.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;

/** The service as a caller sees it. */
final class Api {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> FINAL = Set.of("completed", "failed", "timeout", "cancelled");
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Service service;

    Api(Service service) {
        this.service = service;
    }

    static String submission(String prompt) {
        return JSON.createObjectNode()
                .put("prompt", prompt)
                .put("agent", BenchHome.AGENT)
                .toString();
    }

    /** @return the id of the job */
    String submit(String prompt) throws IOException, InterruptedException {
        var body = HttpRequest.BodyPublishers.ofString(submission(prompt));
        return ask("/execute", builder -> builder.POST(body).header("Content-Type", "application/json"))
                .path("job_id")
                .asText();
    }

    /** Waits for the job's end; anything but success is a fault of the benchmark. */
    JsonNode awaitCompleted(String id) throws IOException, InterruptedException {
        JsonNode job = await(id, FINAL);
        if (!job.path("status").asText().equals("completed")) {
            throw new IOException("the job did not complete: " + job);
        }
        return job;
    }

    void awaitRunning(String id) throws IOException, InterruptedException {
        await(id, Set.of("running"));
    }

    private JsonNode await(String id, Set<String> statuses) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            JsonNode job = ask("/jobs/" + id, HttpRequest.Builder::GET);
            String status = job.path("status").asText();
            if (statuses.contains(status)) {
                return job;
            }
            if (FINAL.contains(status) || System.nanoTime() > deadline) {
                throw new IOException("the job is not what was waited for: " + job);
            }
            Pace.sleep(POLL);
        }
    }

    @FunctionalInterface
    private interface Shape {
        HttpRequest.Builder of(HttpRequest.Builder builder);
    }

    private JsonNode ask(String path, Shape shape) throws IOException, InterruptedException {
        var request = shape.of(
                        HttpRequest.newBuilder(service.uri(path)).header("Authorization", "Bearer " + Service.TOKEN))
                .timeout(PATIENCE)
                .build();
        var response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(path + " answered " + response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }
}
