package io.agentservice.workspace;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.agentservice.job.JobEvent;
import io.agentservice.job.Json;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Tells how far a job is on the way to its run, with details as JSON. */
public record Phases(Consumer<JobEvent.Phase> told) {

    private static final JsonMapper JSON = new JsonMapper();

    public void tell(String phase, Map<String, ?> detail) {
        told.accept(new JobEvent.Phase(
                phase, new Json(JSON.valueToTree(new TreeMap<>(detail)).toString())));
    }
}
