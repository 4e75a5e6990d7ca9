package io.agentservice.testing;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The service as its callers use it, in the fewest words. */
public final class Jobs {

    private static final Set<String> FINAL = Set.of("completed", "failed", "timeout", "cancelled");

    private Jobs() {}

    public static RequestSpecification authorized() {
        return given().filter(Contract.FILTER).header("Authorization", "Bearer " + ServiceUnderTest.TOKEN);
    }

    /** @return the id of the accepted job */
    public static String submit(Map<String, ?> body) {
        return authorized()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/execute")
                .then()
                .statusCode(202)
                .extract()
                .path("job_id");
    }

    public static String submit(String agent, String prompt) {
        return submit(Map.of("agent", agent, "prompt", prompt));
    }

    public static JsonPath get(String id) {
        return authorized().get("/jobs/" + id).then().statusCode(200).extract().jsonPath();
    }

    /** Polls, as n8n does, until the status is final. */
    public static JsonPath awaitFinal(String id) {
        return await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> get(id), job -> FINAL.contains(job.getString("status")));
    }

    public static JsonPath run(String agent, String prompt) {
        return awaitFinal(submit(agent, prompt));
    }

    public static SseReader follow(String id, String query, Optional<String> lastEventId) {
        var uri = URI.create("%s:%d/jobs/%s/events%s".formatted(RestAssured.baseURI, RestAssured.port, id, query));
        return SseReader.open(uri, lastEventId);
    }

    /** The statuses that a finished job went through. */
    public static List<String> statuses(String id) {
        return events(id).stream()
                .filter(event -> event.is("status"))
                .map(event -> event.json().getString("status"))
                .filter(Objects::nonNull)
                .toList();
    }

    /** All events of a job, to its end. */
    public static List<SseEvent> events(String id) {
        try (var stream = follow(id, "", Optional.empty())) {
            return stream.toEnd();
        }
    }
}
