package io.agentservice.api;

import io.agentservice.store.StatusChange;
import io.agentservice.store.StoredEvent;
import java.util.HashMap;
import java.util.Map;

/**
 * An event as the bytes of a stream, made once and shared by all who follow.
 *
 * @param sequence its id; 0 for a delta, which has none
 * @param marks what streams choose it by, see {@link Selection}
 */
record Frame(long sequence, byte[] bytes, Map<String, String> marks) {

    static final String TYPE = "type";
    static final String AGENT = "agent";
    static final String SUBMITTER = "submitter";
    static final String METADATA = "metadata.";

    static Frame of(StoredEvent event) {
        return new Frame(event.sequence(), SseFrames.of(event), Map.of(TYPE, event.type()));
    }

    static Frame of(StatusChange change) {
        Map<String, String> marks = new HashMap<>();
        marks.put(AGENT, change.job().agent());
        marks.put(SUBMITTER, change.job().submitter().name());
        change.job().findable().forEach((name, value) -> marks.put(METADATA + name, value));
        return new Frame(change.position(), SseFrames.of(change), marks);
    }

    boolean isDelta() {
        return sequence == 0;
    }
}
