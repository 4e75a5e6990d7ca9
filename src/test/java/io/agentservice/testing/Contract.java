package io.agentservice.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.restassured.filter.Filter;
import io.restassured.filter.FilterContext;
import io.restassured.response.Response;
import io.restassured.specification.FilterableRequestSpecification;
import io.restassured.specification.FilterableResponseSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Holds every answer that a test sees to docs/openapi.yaml: its status, its type and what is in it. It is stricter than
 * the document, which lets fields be added: here a field that it does not name is a fault.
 */
public final class Contract implements Filter {

    public static final Path DOCUMENT = Path.of("docs/openapi.yaml");
    public static final Contract FILTER = new Contract(read());

    /** What the service answers before it knows of any operation. */
    private static final Set<Integer> ANYWHERE = Set.of(404, 405, 406, 413, 415);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    private final JsonNode document;
    private final Map<String, JsonSchema> known = new ConcurrentHashMap<>();

    private Contract(JsonNode document) {
        this.document = document;
        forbidMore(document.at("/components/schemas"));
    }

    private static JsonNode read() {
        try {
            return new YAMLMapper().readTree(DOCUMENT.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void forbidMore(JsonNode schema) {
        if (schema.has("properties") && !schema.has("additionalProperties")) {
            ((ObjectNode) schema).set("additionalProperties", BooleanNode.FALSE);
        }
        schema.forEach(Contract::forbidMore);
    }

    @Override
    public Response filter(
            FilterableRequestSpecification request, FilterableResponseSpecification specification, FilterContext next) {
        Response response = next.next(request, specification);
        check(request.getMethod(), URI.create(request.getURI()).getRawPath(), response);
        return response;
    }

    private void check(String method, String path, Response response) {
        String what = "%s %s → %d".formatted(method, path, response.statusCode());
        Optional<String> template = template(path);
        JsonNode operation =
                document.path("paths").path(template.orElse("")).path(method.toLowerCase(java.util.Locale.ROOT));
        JsonNode answer = resolved(operation.path("responses").path(Integer.toString(response.statusCode())));
        if (answer.isMissingNode()) {
            if (!ANYWHERE.contains(response.statusCode())) {
                throw new AssertionError(what + " is not in the contract");
            }
            answer = resolved(document.at("/components/responses/Invalid"));
        }
        checkBody(what, answer, response);
    }

    private Optional<String> template(String path) {
        List<String> fitting = new ArrayList<>();
        document.path("paths").fieldNames().forEachRemaining(template -> {
            if (path.matches(template.replaceAll("\\{[^}]+}", "[^/]+"))) {
                fitting.add(template);
            }
        });
        // A literal path goes before a template, as it does in the service.
        return fitting.stream().min(java.util.Comparator.comparing(template -> template.contains("{")));
    }

    private void checkBody(String what, JsonNode answer, Response response) {
        byte[] body = response.asByteArray();
        String type =
                response.contentType() == null ? "" : response.contentType().replaceAll(";.*", "");
        if (body.length == 0) {
            return;
        }
        JsonNode media = answer.path("content").path(type);
        if (media.isMissingNode()) {
            throw new AssertionError("%s: no answer of the type '%s' is in the contract".formatted(what, type));
        }
        if (type.equals("application/json") || type.endsWith("+json")) {
            validate(what, media.path("schema"), response.asString());
        } else if (type.equals("text/event-stream") && media.has("x-event-data")) {
            events(response.asString()).forEach(event -> event(what, media.path("x-event-data"), event));
        }
    }

    private static List<SseEvent> events(String body) {
        List<SseEvent> events = new ArrayList<>();
        for (String frame : body.split("\n\n")) {
            String name = "";
            String data = "";
            for (String line : frame.split("\n")) {
                name = line.startsWith("event: ") ? line.substring(7) : name;
                data = line.startsWith("data: ") ? line.substring(6) : data;
            }
            if (!data.isEmpty()) {
                events.add(new SseEvent(-1, name, data));
            }
        }
        return events;
    }

    /** @throws AssertionError if the event is not what the stream of a job may hold */
    public void checkEvent(SseEvent event) {
        event(
                "an event",
                document.path("paths")
                        .path("/jobs/{id}/events")
                        .at("/get/responses/200/content")
                        .path("text/event-stream")
                        .path("x-event-data"),
                event);
    }

    private void event(String what, JsonNode schemas, SseEvent event) {
        JsonNode schema = schemas.path(event.event());
        if (schema.isMissingNode()) {
            throw new AssertionError("%s: no event '%s' is in the contract".formatted(what, event.event()));
        }
        validate(what + ", event " + event.event(), schema, event.data());
    }

    private void validate(String what, JsonNode schema, String text) {
        try {
            var faults = known.computeIfAbsent(schema.toString(), ignored -> compiled(schema))
                    .validate(JSON.readTree(text));
            if (!faults.isEmpty()) {
                throw new AssertionError("%s is not as the contract says: %s%n%s"
                        .formatted(what, faults, text.substring(0, Math.min(text.length(), 2_000))));
            }
        } catch (IOException e) {
            throw new AssertionError(what + " is no JSON: " + text, e);
        }
    }

    private JsonSchema compiled(JsonNode schema) {
        ObjectNode whole = JSON.createObjectNode();
        whole.set("components", document.path("components"));
        whole.putArray("allOf").add(schema);
        return SCHEMAS.getSchema(whole);
    }

    private JsonNode resolved(JsonNode node) {
        String reference = node.path("$ref").asText("");
        return reference.isEmpty() ? node : document.at(reference.substring(1));
    }
}
