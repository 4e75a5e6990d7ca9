package io.agentservice.api;

import static io.restassured.RestAssured.given;

import io.quarkus.test.junit.QuarkusTestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.Map;

/** A service with many callers. Whoever is called NAME has the token NAME-secret. */
final class TokenHolders {

    /** Three parts, as a token of Kubernetes has; it is one of the configuration. */
    static final String LOOKS_LIKE_A_JWT = "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl";

    private TokenHolders() {}

    public static final class Profile implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> config = new HashMap<>();
            token(config, "alice", "submit,read,cancel");
            token(config, "bob", "submit,read,cancel");
            token(config, "hand", "submit");
            token(config, "boss", "admin");
            token(config, "few", "submit,read,cancel");
            token(config, "burst", "submit,read,cancel");
            token(config, "hourly", "submit,read,cancel");
            config.put("agent-service.access.tokens.few.max-unfinished", "1");
            config.put("agent-service.access.tokens.burst.max-unfinished", "3");
            config.put("agent-service.access.tokens.hourly.max-per-hour", "3");
            config.put("agent-service.access.tokens.hand.agents", "reader");
            config.put("agent-service.access.tokens.shaped.values", LOOKS_LIKE_A_JWT);
            config.put("agent-service.access.tokens.shaped.roles", "read");
            config.put("agent-service.access.max-refusals", "500");
            config.put("agent-service.api.connection.first-head", "2s");
            config.put("agent-service.api.connection.body", "2s");
            config.put("agent-service.stream.heartbeat", "300ms");
            return config;
        }

        private static void token(Map<String, String> config, String name, String roles) {
            config.put("agent-service.access.tokens." + name + ".values", name + "-secret");
            config.put("agent-service.access.tokens." + name + ".roles", roles);
        }
    }

    static RequestSpecification as(String name) {
        return with(name + "-secret");
    }

    static RequestSpecification with(String token) {
        return given().header("Authorization", "Bearer " + token).contentType(ContentType.JSON);
    }

    static String submit(String name) {
        return tried(name, "stub-waits").then().statusCode(202).extract().path("job_id");
    }

    static Response tried(String name, String agent) {
        return as(name).body(Map.of("agent", agent, "prompt", "wait")).post("/execute");
    }

    static void cancel(String name, String job) {
        as(name).post("/jobs/" + job + "/cancel").then().statusCode(202);
    }
}
