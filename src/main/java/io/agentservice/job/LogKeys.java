package io.agentservice.job;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What tells a line of the log which job it is about. The keys are these and no others: an operator searches by them. */
public record LogKeys(Map<String, String> entries) {

    public LogKeys {
        entries = new LinkedHashMap<>(entries);
    }

    public static LogKeys of(JobId id) {
        return new LogKeys(Map.of("jobId", id.value()));
    }

    public static LogKeys of(Job job) {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("jobId", job.id().value());
        entries.put("agent", job.spec().agent());
        entries.put("attempt", Integer.toString(job.progress().attempt()));
        entries.put("submitter", job.submitter().name());
        entries.put("status", job.status().wireName());
        reason(job).ifPresent(reason -> entries.put("reason", reason.wireName()));
        job.spec().trace().ifPresent(trace -> entries.put("traceId", trace.traceId()));
        return new LogKeys(entries);
    }

    /** Why it ended so, or why it is back in the queue. */
    private static Optional<FailureReason> reason(Job job) {
        return job.outcome()
                .flatMap(Outcome::reason)
                .or(() -> job.progress().hold().reason());
    }

    /** As a person reads them. */
    @Override
    public String toString() {
        return entries.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + plain(entry.getValue()))
                .collect(Collectors.joining(" "));
    }

    /** A name that somebody chose must not look like another key. */
    private static String plain(String value) {
        boolean simple = value.chars().noneMatch(c -> c <= ' ' || c == '"' || c == '=' || c == '\\');
        return simple ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
