package io.agentservice.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A build with a port of its own for probes and scrapes. */
@Tag("full")
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
@TestProfile(ManagementPortTest.Apart.class)
class ManagementPortTest {

    public static final class Apart implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.management.enabled", "true", "quarkus.management.test-port", "0");
        }
    }

    @TestHTTPResource(value = "/", management = true)
    URI management;

    @Test
    void probesAndScrapesAreThereAndOnlyThere() {
        for (String path : new String[] {"/q/health/live", "/q/health/ready", "/q/metrics", "/metrics"}) {
            assertThat(given().port(management.getPort()).get(path).statusCode())
                    .as(path)
                    .isEqualTo(200);
            assertThat(given().get(path).statusCode()).as(path).isEqualTo(404);
        }
        assertThat(given().port(management.getPort()).get("/metrics").asString())
                .contains("claude_agent_jobs_running_limit");
        assertThat(given().port(management.getPort())
                        .header("Accept", "application/openmetrics-text")
                        .get("/metrics")
                        .contentType())
                .startsWith("application/openmetrics-text");
    }

    @Test
    void whatCallersKnowStaysWhereItIs() {
        given().get("/health").then().statusCode(200).body("status", equalTo("ok"));
        assertThat(given().port(management.getPort()).get("/health").statusCode())
                .isEqualTo(404);
        assertThat(given().port(management.getPort()).get("/jobs").statusCode()).isEqualTo(404);
    }
}
