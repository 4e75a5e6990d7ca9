package io.agentservice.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.agentservice.job.FailureReason;
import io.agentservice.store.JobCursor;
import io.agentservice.store.JobPage;
import io.agentservice.store.JobSummary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** A page of jobs. Its fields are spelled as those of a single job are, and always there. */
final class JobListJson {

    private static final JsonFactory JSON = new JsonFactory();

    private JobListJson() {}

    static byte[] encode(JobPage page, StatusNames names) {
        var bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeArrayFieldStart("jobs");
            for (JobSummary job : page.jobs()) {
                out.writeStartObject();
                write(job, names, out);
                out.writeEndObject();
            }
            out.writeEndArray();
            string(out, "next_cursor", page.next().map(JobCursor::encode));
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(JobSummary job, StatusNames names, JsonGenerator out) throws IOException {
        JobSummary.Course course = job.course();
        out.writeStringField("job_id", job.id().value());
        out.writeStringField("status", names.of(course.status()));
        out.writeStringField("agent", job.agent());
        string(out, "model", job.model());
        out.writeFieldName("metadata");
        out.writeRawValue(job.metadata().text());
        out.writeStringField("created_at", course.createdAt().toString());
        string(out, "started_at", course.startedAt().map(Instant::toString));
        string(out, "finished_at", course.finishedAt().map(Instant::toString));
        out.writeNumberField("attempt", course.attempt());
        string(out, "reason", job.end().flatMap(JobSummary.End::reason).map(FailureReason::wireName));
        string(out, "error", job.end().flatMap(JobSummary.End::error));
        exitCode(out, job.end().map(JobSummary.End::exitCode).orElse(OptionalInt.empty()));
        out.writeFieldName("links");
        Links.of(job.id()).write(out);
    }

    private static void exitCode(JsonGenerator out, OptionalInt code) throws IOException {
        out.writeFieldName("exit_code");
        if (code.isPresent()) {
            out.writeNumber(code.getAsInt());
        } else {
            out.writeNull();
        }
    }

    private static void string(JsonGenerator out, String name, Optional<String> value) throws IOException {
        out.writeStringField(name, value.orElse(null));
    }
}
