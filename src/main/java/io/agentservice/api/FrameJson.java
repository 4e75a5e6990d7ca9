package io.agentservice.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What an event says, read from its frame. */
final class FrameJson {

    private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build());

    private FrameJson() {}

    static JsonNode read(byte[] frame, int from) {
        try {
            return JSON.readTree(frame, from, frame.length - from);
        } catch (IOException e) {
            throw new UncheckedIOException("what was recorded is JSON", e);
        }
    }
}
