package io.agentservice.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.agentservice.job.JobId;
import java.io.IOException;

/** Where to go on from a job. */
record Links(String self, String events, String result, String log) {

    static Links of(JobId id) {
        String self = "/jobs/" + id;
        return new Links(self, self + "/events", self + "/result", self + "/log");
    }

    void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("self", self);
        out.writeStringField("events", events);
        out.writeStringField("result", result);
        out.writeStringField("log", log);
        out.writeEndObject();
    }
}
