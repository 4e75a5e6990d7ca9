package io.agentservice.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Finds what is wrong with a JSON schema before a job is made of it. The CLI has the last word, when the job starts:
 * it knows draft 7 and no other, and does not look anything up. What it is given becomes the input of a tool, so it
 * must be an object.
 */
final class SchemaCheck {

    /** It goes to the CLI as one argument, which Linux allows 128 KiB. */
    private static final int MAX_BYTES = 64 * 1024;

    private static final int MAX_DEPTH = 32;
    private static final String DRAFT = "http://json-schema.org/draft-07/schema";
    private static final Set<String> TYPES =
            Set.of("object", "array", "string", "number", "integer", "boolean", "null");
    private static final Set<String> ONE =
            Set.of("additionalItems", "additionalProperties", "contains", "else", "if", "not", "propertyNames", "then");
    private static final Set<String> SEVERAL = Set.of("allOf", "anyOf", "oneOf");
    private static final Set<String> NAMED = Set.of("properties", "patternProperties", "definitions", "$defs");

    private SchemaCheck() {}

    /** What is wrong with it, as what must be. */
    static Optional<String> fault(JsonNode schema) {
        if (!schema.isObject()) {
            return Optional.of("must be an object: a JSON schema");
        }
        int bytes = schema.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            return Optional.of("has %d bytes, at most %d are allowed".formatted(bytes, MAX_BYTES));
        }
        if (SubmitJobRequest.depth(schema) > MAX_DEPTH) {
            return Optional.of("is nested deeper than %d levels".formatted(MAX_DEPTH));
        }
        if (!schema.path("type").asText().equals("object")) {
            return Optional.of("must have \"type\": \"object\" at its top");
        }
        return inSchema("", schema);
    }

    private static Optional<String> inSchema(String path, JsonNode schema) {
        if (schema.isBoolean()) {
            return Optional.empty();
        }
        if (!schema.isObject()) {
            return at(path, "must be a schema: an object or a boolean");
        }
        return first(schema.properties().stream()
                .map(keyword -> inKeyword(path + "/" + keyword.getKey(), keyword.getKey(), keyword.getValue())));
    }

    private static Optional<String> inKeyword(String path, String keyword, JsonNode value) {
        if (ONE.contains(keyword) || keyword.equals("items") && !value.isArray()) {
            return inSchema(path, value);
        }
        if (SEVERAL.contains(keyword) || keyword.equals("items")) {
            return inArray(path, value);
        }
        if (NAMED.contains(keyword)) {
            return value.isObject()
                    ? first(value.properties().stream()
                            .map((Map.Entry<String, JsonNode> named) ->
                                    inSchema(path + "/" + named.getKey(), named.getValue())))
                    : at(path, "must be an object of schemas");
        }
        return inWord(path, keyword, value);
    }

    private static Optional<String> inWord(String path, String keyword, JsonNode value) {
        return switch (keyword) {
            case "type" -> check(path, areAll(value, SchemaCheck::isType), "must be one of or an array of " + sorted());
            case "required" ->
                check(path, value.isArray() && areAll(value, JsonNode::isTextual), "must be an array of names");
            case "enum" -> check(path, value.isArray() && !value.isEmpty(), "must be an array of values");
            case "$ref" ->
                check(path, value.asText().startsWith("#"), "must begin with '#': nothing outside is looked up");
            case "$schema" ->
                check(path, value.asText().replace("#", "").equals(DRAFT), "must be %s or left out".formatted(DRAFT));
            default -> Optional.empty();
        };
    }

    private static Optional<String> inArray(String path, JsonNode schemas) {
        return schemas.isArray() && !schemas.isEmpty()
                ? first(StreamSupport.stream(schemas.spliterator(), false).map(schema -> inSchema(path + "/-", schema)))
                : at(path, "must be an array of schemas");
    }

    private static boolean isType(JsonNode name) {
        return name.isTextual() && TYPES.contains(name.asText());
    }

    private static boolean areAll(JsonNode oneOrMany, java.util.function.Predicate<JsonNode> good) {
        return oneOrMany.isArray()
                ? StreamSupport.stream(oneOrMany.spliterator(), false).allMatch(good)
                : good.test(oneOrMany);
    }

    private static String sorted() {
        return String.join(", ", TYPES.stream().sorted().toList());
    }

    private static Optional<String> first(Stream<Optional<String>> faults) {
        return faults.flatMap(Optional::stream).findFirst();
    }

    private static Optional<String> check(String path, boolean good, String must) {
        return good ? Optional.empty() : at(path, must);
    }

    private static Optional<String> at(String path, String must) {
        return Optional.of("%s: %s".formatted(path, must));
    }
}
