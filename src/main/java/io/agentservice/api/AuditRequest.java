package io.agentservice.api;

import io.agentservice.job.JobId;
import io.agentservice.store.AuditEntry;
import io.agentservice.store.AuditQuery;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The query of {@code GET /audit}, checked parameter by parameter so that one answer names all that is wrong. */
final class AuditRequest {

    private static final List<String> PARAMETERS =
            List.of("who", "action", "job_id", "since", "until", "limit", "cursor");
    private static final String ACTIONS = Arrays.stream(AuditEntry.Action.values())
            .map(AuditEntry.Action::wireName)
            .collect(Collectors.joining(", "));
    private static final String TIME = "must be a time such as 2026-11-24T10:00:00Z; a '+' in it is sent as %2B";
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 500;

    private final MultivaluedMap<String, String> sent;
    private final List<Problem.Violation> violations = new ArrayList<>();

    private AuditRequest(MultivaluedMap<String, String> sent) {
        this.sent = sent;
    }

    /** @throws InvalidRequestException with everything that is wrong with it */
    static AuditQuery parse(MultivaluedMap<String, String> parameters) {
        return new AuditRequest(parameters).query();
    }

    private AuditQuery query() {
        sent.forEach(this::checkKnown);
        var filter = new AuditQuery.Filter(
                read("who", value -> value, "cannot be wrong"),
                read("action", AuditRequest::action, "must be one of " + ACTIONS),
                read("job_id", JobId::new, "must be the id of a job"),
                read("since", AuditRequest::time, TIME),
                read("until", AuditRequest::time, TIME));
        int limit = read("limit", AuditRequest::limit, "must be a whole number from 1 to " + MAX_LIMIT)
                .orElse(DEFAULT_LIMIT);
        Optional<Long> before = read("cursor", Long::valueOf, "must be next_cursor of an earlier answer");
        if (!violations.isEmpty()) {
            throw new InvalidRequestException("the query is not valid: see errors for what to change", violations);
        }
        return new AuditQuery(filter, before.map(OptionalLong::of).orElse(OptionalLong.empty()), limit);
    }

    private void checkKnown(String name, List<String> values) {
        if (!PARAMETERS.contains(name)) {
            wrong(name, "unknown parameter; known are " + String.join(", ", PARAMETERS));
        } else if (values.size() > 1) {
            wrong(name, "may be given once");
        }
    }

    private <T> Optional<T> read(String name, Function<String, T> parser, String otherwise) {
        String value = sent.getFirst(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(parser.apply(value));
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            wrong(name, otherwise);
            return Optional.empty();
        }
    }

    private static AuditEntry.Action action(String name) {
        return AuditEntry.Action.fromWireName(name).orElseThrow(() -> new IllegalArgumentException(name));
    }

    private static Instant time(String value) {
        Instant time = OffsetDateTime.parse(value).toInstant();
        time.toEpochMilli();
        return time;
    }

    private static int limit(String value) {
        int limit = Integer.parseInt(value);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(value);
        }
        return limit;
    }

    private void wrong(String name, String message) {
        violations.add(new Problem.Violation(name, message));
    }
}
