package io.agentservice.api;

import static io.agentservice.api.TokenHolders.as;
import static io.agentservice.api.TokenHolders.submit;
import static io.agentservice.api.TokenHolders.tried;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.agentservice.testing.AccessSurroundings;
import io.agentservice.testing.Contract;
import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every route of the contract, as somebody who may not. A new route is in here as soon as it is in the contract. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
@WithTestResource(AccessSurroundings.class)
@TestProfile(TokenHolders.Profile.class)
@Tag("full")
class OthersJobsTest {

    private record Route(String method, String path) {}

    private static List<Route> routes() throws IOException {
        List<Route> routes = new ArrayList<>();
        JsonNode paths = new YAMLMapper().readTree(Contract.DOCUMENT.toFile()).path("paths");
        paths.fieldNames()
                .forEachRemaining(path -> List.of("get", "post", "delete").forEach(method -> {
                    JsonNode operation = paths.path(path).path(method);
                    if (!operation.isMissingNode()
                            && operation.path("security").size() == 0
                            && !operation.has("security")) {
                        routes.add(new Route(method, path));
                    }
                }));
        return routes;
    }

    @Test
    void anothersJobIsNotThereByAnyRoute() throws IOException {
        String job = submit("alice");
        try {
            List<Route> ofJobs = routes().stream()
                    .filter(route -> route.path().contains("{id}"))
                    .toList();
            assertThat(ofJobs).hasSizeGreaterThan(9);
            for (Route route : ofJobs) {
                Response answer = as("bob").request(route.method(), route.path().replace("{id}", job));
                assertThat(answer.statusCode()).as(route.toString()).isEqualTo(404);
                assertThat(answer.asString()).contains("job-not-found");
            }
            assertThat(as("bob").get("/jobs").asString()).doesNotContain(job);
            assertThat(as("bob").get("/workspaces").asString()).doesNotContain(job);
            assertThat(as("alice").get("/jobs").asString()).contains(job);
            assertThat(as("boss").get("/jobs/" + job).statusCode()).isEqualTo(200);
            String audit = as("boss")
                    .get("/audit?job_id=" + job)
                    .then()
                    .statusCode(200)
                    .extract()
                    .asString();
            assertThat(audit).contains("submitted").contains("\"alice\"");
        } finally {
            as("alice").post("/jobs/" + job + "/cancel").then().statusCode(202);
        }
        assertThat(as("boss").get("/audit?action=cancelled&job_id=" + job).asString())
                .contains("alice");
    }

    @Test
    void nobodyComesInWithoutATokenOrWithABadOneByAnyRoute() throws IOException {
        for (Route route : routes()) {
            String path = route.path().replace("{id}", "01a20c8b-2b0e-7fb5-9c35-affc5a8a2002");
            Response none = given().contentType(ContentType.JSON).request(route.method(), path);
            assertThat(none.statusCode()).as(route.toString()).isEqualTo(401);
            assertThat(none.header("WWW-Authenticate")).isEqualTo("Bearer");
            assertThat(none.header("X-Content-Type-Options")).isEqualTo("nosniff");
            Response bad = as("nobody").request(route.method(), path);
            assertThat(bad.statusCode()).as(route.toString()).isEqualTo(401);
            assertThat(bad.asString()).doesNotContain("nobody-secret");
        }
    }

    @Test
    void aRoleIsAllOneHas() throws IOException {
        for (Route route : routes()) {
            if (!route.path().equals("/execute") && !route.path().equals("/agents")) {
                String path = route.path().replace("{id}", "01a20c8b-2b0e-7fb5-9c35-affc5a8a2002");
                assertThat(as("hand").request(route.method(), path).statusCode())
                        .as(route.toString())
                        .isEqualTo(403);
            }
        }
        assertThat(as("alice").get("/audit").statusCode()).isEqualTo(403);
        assertThat(as("alice").post("/admin/backup").statusCode()).isEqualTo(403);
        assertThat(tried("hand", "stub-waits").statusCode()).isEqualTo(403);
    }

    @Test
    void whoHasAsManyJobsAsItMayWaits() {
        String job = submit("few");
        tried("few", "stub-waits").then().statusCode(429).header("Retry-After", "30");
        as("few").post("/jobs/" + job + "/cancel").then().statusCode(202);
    }

    @Test
    void aTokenInAnAddressIsRefusedEvenIfItIsGood() {
        for (String query : List.of("token=alice-secret", "access_token=x", "limit=1&Access-Token=x")) {
            given().get("/jobs?" + query).then().statusCode(400);
            as("alice").get("/jobs?" + query).then().statusCode(400);
        }
    }

    @Test
    void namesThatAreNoAgentsAreRefused() {
        for (String agent : List.of("../x", "--flag", "a\0b", "reader\u200b", "ｒeader", "a/b", "", "a b", "..")) {
            assertThat(tried("alice", agent).statusCode()).as(agent).isBetween(400, 499);
        }
        String deep =
                "{\"prompt\":\"p\",\"agent\":\"reader\",\"metadata\":" + "[".repeat(5000) + "]".repeat(5000) + "}";
        as("alice").body(deep).post("/execute").then().statusCode(400);
    }

    @Test
    void whoNeverFinishesARequestIsHungUpOn() throws IOException {
        for (String begun : List.of(
                "GET /health HTTP/1.1\r\nX-Slow: a",
                "POST /execute HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice-secret\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", io.restassured.RestAssured.port));
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write(begun.getBytes(StandardCharsets.US_ASCII));
                // The idle timeout is two minutes: that this ends in time is the other limit's doing.
                assertThat(socket.getInputStream().read()).as(begun).isEqualTo(-1);
            }
        }
    }

    @Test
    void aHeadThatIsTooLargeIsRefused() {
        int status =
                as("alice").header("X-Large", "x".repeat(20_000)).get("/jobs").statusCode();
        assertThat(status).isBetween(400, 499);
    }
}
