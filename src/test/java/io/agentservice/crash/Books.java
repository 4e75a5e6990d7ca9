package io.agentservice.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sqlite.SQLiteDataSource;

/** What the store's file and the stand-in API say in the end, asked past the service. */
final class Books {

    private static final Set<String> FINAL = Set.of("completed", "failed", "timeout", "cancelled");
    /** US dollars for a call of opus with 100 tokens in and 10 out. */
    static final BigDecimal CALL = new BigDecimal("0.0006");

    private final Connection store;
    private final URI api;
    private final ObjectMapper json = new ObjectMapper();

    Books(Path storeFile, URI api) throws SQLException {
        var source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + storeFile);
        this.store = source.getConnection();
        this.api = api;
    }

    /** One row of the store. */
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> all(String sql, Row<T> row) throws SQLException {
        try (var statement = store.createStatement();
                var rows = statement.executeQuery(sql)) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(row.read(rows));
            }
            return all;
        }
    }

    /** @param number the caller's number of it */
    record JobRow(String id, int number, String agent, String status, int attempt) {

        boolean isFinal() {
            return FINAL.contains(status);
        }
    }

    List<JobRow> jobs() throws SQLException {
        return all(
                "SELECT id, json_extract(metadata, '$.number') AS number, agent, status, attempt FROM job",
                row -> new JobRow(
                        row.getString("id"),
                        row.getInt("number"),
                        row.getString("agent"),
                        row.getString("status"),
                        row.getInt("attempt")));
    }

    /** The data of a job's events, in the order of their sequences, which must be 1, 2, 3 … */
    List<String> events(String job) throws SQLException {
        List<Long> sequences = new ArrayList<>();
        List<String> data = all(
                "SELECT sequence, data FROM event JOIN job ON job_key = key WHERE id = '%s' ORDER BY sequence"
                        .formatted(job),
                row -> {
                    sequences.add(row.getLong("sequence"));
                    return row.getString("data");
                });
        for (int i = 0; i < sequences.size(); i++) {
            if (sequences.get(i) != i + 1) {
                throw new AssertionError("the events of %s are numbered %s".formatted(job, sequences));
            }
        }
        return data;
    }

    /** The statuses that a job went through, by its events. */
    List<String> statuses(String job) throws SQLException, IOException {
        List<String> statuses = new ArrayList<>();
        for (String data : events(job)) {
            JsonNode event = json.readTree(data);
            if (event.has("status") && event.has("attempt")) {
                statuses.add(event.get("status").asText());
            }
        }
        return statuses;
    }

    /**
     * What was booked for a job.
     *
     * @param estimates how many of its runs could not give account
     */
    record Booked(BigDecimal usd, int runs, int estimates) {}

    Map<String, Booked> booked() throws SQLException {
        Map<String, Booked> booked = new HashMap<>();
        all(
                "SELECT job_id, SUM(usd_nanos) AS nanos, COUNT(*) AS runs, SUM(estimated) AS estimates FROM ledger GROUP BY job_id",
                row -> booked.put(
                        row.getString("job_id"),
                        new Booked(
                                BigDecimal.valueOf(row.getLong("nanos"), 9),
                                row.getInt("runs"),
                                row.getInt("estimates"))));
        return booked;
    }

    /** What the metrics are read from. */
    long totalOfFinalStatuses() throws SQLException {
        return all(
                        "SELECT SUM(times) AS n FROM status_total WHERE status IN ('completed', 'failed', 'timeout', 'cancelled')",
                        row -> row.getLong("n"))
                .get(0);
    }

    /** In billionths of a US dollar. */
    long totalCost() throws SQLException {
        return all("SELECT SUM(usd_nanos) AS n FROM cost_total", row -> row.getLong("n"))
                .get(0);
    }

    long ledgerSum() throws SQLException {
        return all("SELECT SUM(usd_nanos) AS n FROM ledger", row -> row.getLong("n"))
                .get(0);
    }

    /** How many calls the stand-in was asked for and began to answer, by the number of the request. */
    Map<Integer, Integer> calls() throws IOException {
        Map<Integer, Integer> calls = new HashMap<>();
        try (var answer = api.resolve("/__calls").toURL().openStream()) {
            for (JsonNode call : json.readTree(answer)) {
                int number = Integer.parseInt(call.get("label").asText().replaceAll("\\D", ""));
                calls.merge(number, 1, Integer::sum);
            }
        }
        return calls;
    }
}
