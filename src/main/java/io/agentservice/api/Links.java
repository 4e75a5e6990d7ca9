package io.agentservice.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.agentservice.job.JobId;
import java.io.IOException;

/** Where to go on from a job. */
record Links(String self, String events) {

    static Links of(JobId id) {
        return new Links("/jobs/" + id, "/jobs/" + id + "/events");
    }

    void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("self", self);
        out.writeStringField("events", events);
        out.writeEndObject();
    }
}
