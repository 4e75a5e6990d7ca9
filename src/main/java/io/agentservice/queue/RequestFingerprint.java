package io.agentservice.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.agentservice.job.JobSpec;
import io.agentservice.job.Json;
import io.agentservice.job.TraceContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A hash that two requests share if they ask for the same, however they are written down. It goes through all that a
 * {@link JobSpec} has, so that nothing which is added there can be forgotten here.
 */
// A native executable knows the parts of those records only that are named here; a test says if one is missing.
@RegisterForReflection(
        targets = {
            JobSpec.class,
            JobSpec.Answer.class,
            JobSpec.Limits.class,
            JobSpec.Placement.class,
            JobSpec.Source.class
        },
        fields = false)
final class RequestFingerprint {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final MessageDigest digest;

    private RequestFingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    static String of(JobSpec spec) {
        var fingerprint = new RequestFingerprint();
        fingerprint.add("spec", spec);
        return HexFormat.of().formatHex(fingerprint.digest.digest());
    }

    /** What is absent adds nothing: a field that is new and not used changes no fingerprint. */
    private void add(String path, Object value) {
        if (value instanceof TraceContext) {
            // Who asks again does so in another span.
            return;
        } else if (value instanceof Optional<?> optional) {
            optional.ifPresent(present -> add(path, present));
        } else if (value instanceof Json json) {
            add(path, parse(json));
        } else if (value instanceof JsonNode node) {
            addNode(path, node);
        } else if (value instanceof Record part) {
            addParts(path, part);
        } else if (value instanceof Map<?, ?> map) {
            new TreeMap<>(map).forEach((key, entry) -> add(path + "/" + key, entry));
        } else if (value instanceof Collection<?> all) {
            int index = 0;
            for (Object each : all) {
                add(path + "/" + index++, each);
            }
        } else if (value instanceof BigDecimal number) {
            write(path, "number", number.stripTrailingZeros().toString());
        } else {
            write(path, "text", value.toString());
        }
    }

    private void addParts(String path, Record part) {
        for (RecordComponent component : part.getClass().getRecordComponents()) {
            try {
                add(path + "/" + component.getName(), component.getAccessor().invoke(part));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a record can be read", e);
            }
        }
    }

    private void addNode(String path, JsonNode node) {
        if (node.isObject()) {
            Map<String, JsonNode> fields = new TreeMap<>();
            node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
            write(path, "object", Integer.toString(fields.size()));
            fields.forEach((name, field) -> add(path + "/" + name, field));
        } else if (node.isArray()) {
            write(path, "array", Integer.toString(node.size()));
            node.forEach(element -> add(path + "/", element));
        } else if (node.isNumber()) {
            add(path, node.decimalValue());
        } else {
            write(path, node.getNodeType().name(), node.asText());
        }
    }

    /** With their lengths, so that no text can pass for two others. */
    private void write(String... texts) {
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            digest.update(bytes);
        }
    }

    private static JsonNode parse(Json json) {
        try {
            return JSON.readTree(json.text());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was accepted is JSON", e);
        }
    }
}
