package io.agentservice.store.jdbc;

import io.agentservice.job.JobStatus;
import io.agentservice.store.JobCursor;
import io.agentservice.store.JobPage;
import io.agentservice.store.JobQuery;
import io.agentservice.store.JobSummary;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One page of a list of jobs. Every form of the query walks an index in the order of the list, so that a page costs
 * what it holds, however many jobs there are. Only with metadata and another filter jobs are looked at in vain; their
 * number has a bound, and a page that met it may be short.
 */
final class JobListing {

    /** How many jobs are looked at for one page. */
    static final int MAX_CANDIDATES = 1000;

    private static final String COLUMNS = """
            job.key, job.id, job.status, job.agent, job.model, job.metadata, job.created_at, job.started_at,
            job.finished_at, job.attempt, job.reason, job.error, job.exit_code""";

    private final JobQuery query;
    private final JobQuery.Filter filter;
    private final StringBuilder sql = new StringBuilder();
    private final List<Object> values = new ArrayList<>();

    JobListing(JobQuery query) {
        this.query = query;
        this.filter = query.filter();
        if (filter.metadata().isEmpty()) {
            byColumns();
        } else {
            byMetadata();
        }
    }

    /** One branch a status, each in the order of the list; the database merges them. */
    private void byColumns() {
        List<Optional<JobStatus>> branches = filter.statuses().isEmpty()
                ? List.of(Optional.empty())
                : filter.statuses().stream().sorted().map(Optional::of).toList();
        for (Optional<JobStatus> status : branches) {
            add(sql.isEmpty() ? "" : " UNION ALL ");
            add("SELECT " + COLUMNS + ", 1 AS wanted FROM job WHERE job.removed_at IS NULL");
            status.ifPresent(name -> add(" AND job.status = ?", name.wireName()));
            filter.agent().ifPresent(agent -> add(" AND job.agent = ?", agent));
            filter.submitter().ifPresent(only -> add(" AND job.submitter = ?", only.name()));
            place("job.created_at", "job.key");
        }
        add(" ORDER BY 7 DESC, 1 DESC LIMIT ?", query.limit() + 1);
    }

    private void byMetadata() {
        Map<String, String> wanted = new TreeMap<>(filter.metadata());
        String first = wanted.keySet().iterator().next();
        add("SELECT " + COLUMNS + ", job.removed_at IS NULL");
        filter.agent().ifPresent(agent -> add(" AND job.agent = ?", agent));
        filter.submitter().ifPresent(only -> add(" AND job.submitter = ?", only.name()));
        if (!filter.statuses().isEmpty()) {
            String places =
                    String.join(", ", Collections.nCopies(filter.statuses().size(), "?"));
            add(
                    " AND job.status IN (" + places + ")",
                    filter.statuses().stream().map(JobStatus::wireName).toArray());
        }
        wanted.forEach((name, value) -> {
            if (!name.equals(first)) {
                add(" AND EXISTS (SELECT 1 FROM job_metadata AS other WHERE other.name = ?", name);
                add(" AND other.value = ? AND other.created_at = m.created_at AND other.job_key = m.job_key)", value);
            }
        });
        // Not a plain JOIN: the order of the tables is the order of the list.
        add(" AS wanted FROM job_metadata AS m CROSS JOIN job ON job.key = m.job_key WHERE m.name = ?", first);
        add(" AND m.value = ?", wanted.get(first));
        place("m.created_at", "m.job_key");
        add(" ORDER BY m.created_at DESC, m.job_key DESC LIMIT ?", MAX_CANDIDATES);
    }

    private void place(String createdAt, String key) {
        filter.createdAfter().ifPresent(after -> add(" AND " + createdAt + " > ?", after.toEpochMilli()));
        query.after()
                .ifPresent(cursor -> add(
                        " AND (" + createdAt + ", " + key + ") < (?, ?)",
                        cursor.createdAt().toEpochMilli(),
                        cursor.key()));
    }

    private void add(String text, Object... more) {
        sql.append(text);
        values.addAll(List.of(more));
    }

    String sql() {
        return sql.toString();
    }

    List<Object> values() {
        return List.copyOf(values);
    }

    JobPage read(Connection connection) throws SQLException {
        List<JobSummary> jobs = new ArrayList<>();
        Optional<JobCursor> last = Optional.empty();
        int candidates = 0;
        try (var statement = connection.prepareStatement(sql())) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    boolean wanted = row.getBoolean("wanted");
                    if (wanted && jobs.size() == query.limit()) {
                        return new JobPage(jobs, last);
                    }
                    if (wanted) {
                        jobs.add(SummaryRows.read(row));
                    }
                    last = Optional.of(
                            new JobCursor(Instant.ofEpochMilli(row.getLong("created_at")), row.getLong("key")));
                    candidates++;
                }
            }
        }
        return new JobPage(jobs, candidates == MAX_CANDIDATES ? last : Optional.empty());
    }
}
