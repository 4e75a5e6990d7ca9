package io.agentservice.api;

import io.agentservice.agent.AgentName;
import io.agentservice.job.JobStatus;
import io.agentservice.store.JobCursor;
import io.agentservice.store.JobQuery;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The query of {@code GET /jobs}, checked parameter by parameter so that one answer names all that is wrong. */
final class JobListRequest {

    private static final String METADATA = "metadata.";
    private static final List<String> PARAMETERS = List.of("status", "agent", "created_after", "limit", "cursor");
    private static final String STATUSES =
            Arrays.stream(JobStatus.values()).map(JobStatus::wireName).collect(Collectors.joining(", "));
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 200;
    private static final int MAX_METADATA = 8;

    private final MultivaluedMap<String, String> sent;
    private final List<Problem.Violation> violations = new ArrayList<>();

    private JobListRequest(MultivaluedMap<String, String> sent) {
        this.sent = sent;
    }

    /** @throws InvalidRequestException with everything that is wrong with it */
    static JobQuery parse(MultivaluedMap<String, String> parameters) {
        return new JobListRequest(parameters).query();
    }

    private JobQuery query() {
        sent.forEach(this::checkKnown);
        Set<JobStatus> statuses = statuses();
        Optional<String> agent = single("agent").flatMap(this::agent);
        Optional<Instant> createdAfter = single("created_after").flatMap(this::createdAfter);
        Map<String, String> metadata = metadata();
        Optional<Integer> limit = single("limit").map(this::limit).orElse(Optional.of(DEFAULT_LIMIT));
        Optional<JobCursor> cursor = single("cursor").flatMap(this::cursor);
        if (!violations.isEmpty()) {
            throw new InvalidRequestException("the query is not valid: see errors for what to change", violations);
        }
        var filter = new JobQuery.Filter(statuses, agent, metadata, createdAfter);
        return new JobQuery(filter, cursor, limit.orElseThrow());
    }

    private void checkKnown(String name, List<String> values) {
        boolean metadata = name.startsWith(METADATA) && name.length() > METADATA.length();
        if (!metadata && !PARAMETERS.contains(name)) {
            wrong(name, "unknown parameter; known are %s, metadata.KEY".formatted(String.join(", ", PARAMETERS)));
        } else if (values.size() > 1 && !name.equals("status")) {
            wrong(name, "may be given once");
        }
    }

    private Optional<String> single(String name) {
        return Optional.ofNullable(sent.getFirst(name));
    }

    /** Repeated, or separated by commas. */
    private Set<JobStatus> statuses() {
        Set<JobStatus> statuses = EnumSet.noneOf(JobStatus.class);
        for (String value : sent.getOrDefault("status", List.of())) {
            for (String name : value.split(",", -1)) {
                status(name.strip()).ifPresent(statuses::add);
            }
        }
        return statuses;
    }

    private Optional<JobStatus> status(String name) {
        Optional<JobStatus> status = Arrays.stream(JobStatus.values())
                .filter(known -> known.wireName().equals(name))
                .findFirst();
        return status.isPresent()
                ? status
                : wrong("status", "'%s' is no status; known are %s".formatted(name, STATUSES));
    }

    private Optional<String> agent(String value) {
        try {
            return Optional.of(AgentName.parse(value).value());
        } catch (IllegalArgumentException e) {
            return wrong("agent", e.getMessage());
        }
    }

    private Optional<Instant> createdAfter(String value) {
        try {
            Instant instant = OffsetDateTime.parse(value).toInstant();
            instant.toEpochMilli();
            return Optional.of(instant);
        } catch (DateTimeException | ArithmeticException e) {
            return wrong("created_after", "must be a time such as 2026-11-24T10:00:00Z; a '+' in it is sent as %2B");
        }
    }

    private Map<String, String> metadata() {
        Map<String, String> metadata = new HashMap<>();
        sent.forEach((name, values) -> {
            if (name.startsWith(METADATA)) {
                metadata.put(name.substring(METADATA.length()), values.get(0));
                checkLength(name, values.get(0));
            }
        });
        if (metadata.size() > MAX_METADATA) {
            wrong(METADATA + "KEY", "may be given for at most %d keys".formatted(MAX_METADATA));
        }
        return metadata;
    }

    private void checkLength(String name, String value) {
        int max = JobQuery.Filter.MAX_METADATA_CHARS;
        if (name.length() - METADATA.length() > max || value.length() > max) {
            wrong(name, "jobs are found by keys and values of at most %d characters".formatted(max));
        }
    }

    private Optional<Integer> limit(String value) {
        try {
            int limit = Integer.parseInt(value);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return Optional.of(limit);
            }
        } catch (NumberFormatException e) {
            // The same answer as for one that is out of bounds.
        }
        return wrong("limit", "must be a whole number from 1 to " + MAX_LIMIT);
    }

    private Optional<JobCursor> cursor(String value) {
        try {
            return Optional.of(JobCursor.decode(value));
        } catch (IllegalArgumentException e) {
            return wrong("cursor", "must be next_cursor of an earlier answer");
        }
    }

    private <T> Optional<T> wrong(String parameter, String message) {
        violations.add(new Problem.Violation(parameter, message));
        return Optional.empty();
    }
}
