package io.agentservice.api;

import jakarta.ws.rs.core.HttpHeaders;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What a caller has already: the tags of {@code If-None-Match}. */
record KnownVersions(Set<String> tags) {

    private static final KnownVersions NONE = new KnownVersions(Set.of());

    static KnownVersions of(HttpHeaders headers) {
        List<String> sent = headers.getRequestHeader("If-None-Match");
        if (sent == null || sent.isEmpty()) {
            return NONE;
        }
        return new KnownVersions(sent.stream()
                .flatMap(line -> Arrays.stream(line.split(",")))
                .map(String::strip)
                .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                .filter(tag -> !tag.isEmpty())
                .collect(Collectors.toUnmodifiableSet()));
    }

    boolean include(String tag) {
        return tags.contains(tag) || tags.contains("*");
    }

    /** Whether the caller has something, and not this. */
    boolean areOlderThan(String tag) {
        return !tags.isEmpty() && !include(tag);
    }
}
