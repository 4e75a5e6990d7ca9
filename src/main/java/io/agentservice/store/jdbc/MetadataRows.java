package io.agentservice.store.jdbc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.agentservice.job.Job;
import io.agentservice.store.JobQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The table {@code job_metadata}: what jobs are found by. */
final class MetadataRows {

    private static final JsonFactory JSON = new JsonFactory();
    private static final String INSERT =
            "INSERT INTO job_metadata (name, value, created_at, job_key) VALUES (?, ?, ?, ?)";

    private MetadataRows() {}

    static void insert(Connection connection, long jobKey, Job job) throws SQLException {
        Map<String, String> entries = entries(job.spec().metadata().text());
        if (entries.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(INSERT)) {
            for (var entry : entries.entrySet()) {
                statement.setString(1, entry.getKey());
                statement.setString(2, entry.getValue());
                statement.setLong(3, job.progress().createdAt().toEpochMilli());
                statement.setLong(4, jobKey);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** The strings, numbers and booleans at the top of an object, as text; numbers as they were written. */
    static Map<String, String> entries(String object) {
        Map<String, String> entries = new LinkedHashMap<>();
        try (JsonParser in = JSON.createParser(object)) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                JsonToken value = in.nextToken();
                if (value.isScalarValue() && value != JsonToken.VALUE_NULL && isShort(name) && isShort(in.getText())) {
                    entries.put(name, in.getText());
                }
                in.skipChildren();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("what was accepted is JSON", e);
        }
        return entries;
    }

    private static boolean isShort(String text) {
        return text.length() <= JobQuery.Filter.MAX_METADATA_CHARS;
    }
}
