package io.agentservice.api;

import io.agentservice.agent.AgentName;
import io.agentservice.job.JobEvent;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** What a request for a stream says, checked piece by piece so that one answer names all that is wrong. */
final class StreamQuery {

    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final List<String> OF_JOB = List.of("after", "types", "deltas");
    private static final List<String> OF_ALL = List.of("after", "agent", "metadata.KEY");
    private static final int MAX_METADATA = 8;

    private final HttpHeaders headers;
    private final MultivaluedMap<String, String> sent;
    private final List<Problem.Violation> violations = new ArrayList<>();

    private StreamQuery(HttpHeaders headers, MultivaluedMap<String, String> sent) {
        this.headers = headers;
        this.sent = sent;
    }

    /**
     * What was asked for.
     *
     * @param after the last event that the client has, if it says so
     */
    record Asked(OptionalLong after, Selection selection) {}

    /** @throws InvalidRequestException with everything that is wrong with it */
    static Asked ofJob(HttpHeaders headers, UriInfo request) {
        var query = new StreamQuery(headers, request.getQueryParameters());
        query.checkNames(OF_JOB);
        OptionalLong after = query.after();
        Set<String> types = query.types();
        boolean deltas = query.flag("deltas");
        query.check();
        return new Asked(after, new Selection(deltas, types.isEmpty() ? Map.of() : Map.of(Frame.TYPE, types)));
    }

    /** @throws InvalidRequestException with everything that is wrong with it */
    static Asked ofAllJobs(HttpHeaders headers, UriInfo request) {
        var query = new StreamQuery(headers, request.getQueryParameters());
        query.checkNames(OF_ALL);
        OptionalLong after = query.after();
        Map<String, Set<String>> marks = query.metadata();
        query.agent().forEach(agent -> marks.put(Frame.AGENT, Set.of(agent)));
        query.check();
        return new Asked(after, new Selection(false, marks));
    }

    /**
     * The last event that a client has, if it says so.
     *
     * @throws InvalidRequestException if that can be none
     */
    static OptionalLong lastSeen(HttpHeaders headers, MultivaluedMap<String, String> sent) {
        var query = new StreamQuery(headers, sent);
        OptionalLong after = query.after();
        query.check();
        return after;
    }

    private void checkNames(List<String> known) {
        sent.forEach((name, values) -> {
            boolean metadata = known == OF_ALL && isMetadata(name);
            if (!metadata && !known.contains(name)) {
                wrong(name, "unknown parameter; known are " + String.join(", ", known));
            } else if (values.size() > 1 && !name.equals("types")) {
                wrong(name, "may be given once");
            }
        });
    }

    private static boolean isMetadata(String name) {
        return name.startsWith(Frame.METADATA) && name.length() > Frame.METADATA.length();
    }

    /** The header is newer: a client that reconnects sends it with the address that it was first given. */
    private OptionalLong after() {
        OptionalLong first = sequence("after", sent.getFirst("after"));
        OptionalLong last = sequence(LAST_EVENT_ID, headers.getHeaderString(LAST_EVENT_ID));
        return last.isPresent() ? last : first;
    }

    private OptionalLong sequence(String name, String value) {
        if (value == null || value.isBlank()) {
            return OptionalLong.empty();
        }
        try {
            long sequence = Long.parseLong(value.strip());
            if (sequence >= 0) {
                return OptionalLong.of(sequence);
            }
        } catch (NumberFormatException e) {
            // The same answer as for a negative one.
        }
        wrong(name, "must be the id of an event of this stream: a number from 0");
        return OptionalLong.empty();
    }

    /** Repeated, or separated by commas. */
    private Set<String> types() {
        Set<String> types = new LinkedHashSet<>();
        for (String value : sent.getOrDefault("types", List.of())) {
            for (String type : value.split(",", -1)) {
                if (!JobEvent.TYPES.contains(type)) {
                    String known = String.join(", ", JobEvent.TYPES);
                    wrong(
                            "types",
                            "'%s' is no type; known are %s; deltas come with deltas=true".formatted(type, known));
                }
                types.add(type);
            }
        }
        return types;
    }

    private boolean flag(String name) {
        String value = sent.getFirst(name);
        if (value == null) {
            return false;
        }
        return switch (value) {
            case "true", "" -> true;
            case "false" -> false;
            default -> {
                wrong(name, "must be true or false");
                yield false;
            }
        };
    }

    private List<String> agent() {
        String value = sent.getFirst("agent");
        try {
            return value == null ? List.of() : List.of(AgentName.parse(value).value());
        } catch (IllegalArgumentException e) {
            wrong("agent", e.getMessage());
            return List.of();
        }
    }

    private Map<String, Set<String>> metadata() {
        Map<String, Set<String>> marks = new HashMap<>();
        sent.forEach((name, values) -> {
            if (isMetadata(name)) {
                marks.put(name, Set.of(values.get(0)));
            }
        });
        if (marks.size() > MAX_METADATA) {
            wrong("metadata.KEY", "may be given for at most %d keys".formatted(MAX_METADATA));
        }
        return marks;
    }

    private void check() {
        if (!violations.isEmpty()) {
            throw new InvalidRequestException("the request is not valid: see errors for what to change", violations);
        }
    }

    private void wrong(String name, String message) {
        violations.add(new Problem.Violation(name, message));
    }
}
