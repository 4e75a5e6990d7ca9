package io.agentservice.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobStatus;
import io.agentservice.testing.Contract;
import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** docs/openapi.yaml is what the service says of itself, whole and true. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class ContractTest {

    private static final Set<String> METHODS = Set.of("get", "post", "delete", "put");

    private static JsonNode document() throws IOException {
        return new YAMLMapper().readTree(Contract.DOCUMENT.toFile());
    }

    @Test
    void theDocumentIsCurrent() throws IOException {
        String now = given().get("/q/openapi").then().statusCode(200).extract().asString();

        Path written = Files.writeString(Path.of("target/openapi.yaml"), now);

        assertThat(now)
                .as("if it should be so: cp %s %s", written, Contract.DOCUMENT)
                .isEqualTo(Files.readString(Contract.DOCUMENT));
    }

    @Test
    void everyOperationSaysWhatItDoesAndAnswers() throws IOException {
        document()
                .path("paths")
                .forEach(path -> METHODS.forEach(method -> {
                    JsonNode operation = path.path(method);
                    if (!operation.isMissingNode()) {
                        assertThat(operation.path("summary").asText()).isNotEmpty();
                        assertThat(operation.path("operationId").asText()).isNotEmpty();
                        operation
                                .path("responses")
                                .forEach(response -> assertThat(response.has("$ref") || response.has("description"))
                                        .isTrue());
                    }
                }));
        assertThat(document().path("openapi").asText()).startsWith("3.1");
    }

    @Test
    void statusesAndEventTypesAreThoseOfTheCode() throws IOException {
        JsonNode schemas = document().at("/components/schemas");

        assertThat(schemas.at("/Status/enum"))
                .extracting(JsonNode::asText)
                .containsExactlyElementsOf(Arrays.stream(JobStatus.values())
                        .map(JobStatus::wireName)
                        .toList());
        assertThat(schemas.at("/EventType/enum"))
                .extracting(JsonNode::asText)
                .containsExactlyElementsOf(JobEvent.TYPES);
        assertThat(document()
                        .path("paths")
                        .path("/jobs/{id}/events")
                        .at("/get/responses/200/content")
                        .path("text/event-stream")
                        .path("x-event-data")
                        .fieldNames())
                .toIterable()
                .containsAll(JobEvent.TYPES)
                .contains("delta");
    }

    @Test
    void everyEventOfARunIsAsTheContractSays() {
        String id = Jobs.submit("issue-responder", "hi");

        try (var stream = Jobs.follow(id, "?deltas=true", Optional.empty())) {
            assertThat(stream.toEnd()).isNotEmpty().allSatisfy(Contract.FILTER::checkEvent);
        }
    }

    @Test
    void anEventThatIsNotAsTheContractSaysIsNoticed() {
        assertThatThrownBy(() -> Contract.FILTER.checkEvent(new SseEvent(1, "stderr", "{\"text\": \"no time\"}")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("at");
        assertThatThrownBy(() -> Contract.FILTER.checkEvent(
                        new SseEvent(1, "stderr", "{\"at\":\"2026-11-24T10:00:00Z\",\"text\":\"x\",\"more\":1}")))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Contract.FILTER.checkEvent(new SseEvent(1, "news", "{}")))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void theContractIsForAllAndTheJobsAreNot() {
        given().get("/q/openapi").then().statusCode(200);
        given().get("/jobs").then().statusCode(401);
    }
}
