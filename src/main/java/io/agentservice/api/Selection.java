package io.agentservice.api;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which of the events a stream shows. It passes over the others, which it has then seen, too.
 *
 * @param deltas whether it shows deltas
 * @param marks what a frame must bear: of each of these marks one of these values
 */
record Selection(boolean deltas, Map<String, Set<String>> marks) {

    static final Selection ALL = new Selection(false, Map.of());

    Selection {
        marks = Map.copyOf(marks);
    }

    /** Of these only what bears this mark, too. */
    Selection with(String mark, String value) {
        Map<String, Set<String>> more = new HashMap<>(marks);
        more.put(mark, Set.of(value));
        return new Selection(deltas, more);
    }

    boolean takes(Frame frame) {
        if (frame.isDelta()) {
            return deltas;
        }
        for (var wanted : marks.entrySet()) {
            String value = frame.marks().get(wanted.getKey());
            if (value == null || !wanted.getValue().contains(value)) {
                return false;
            }
        }
        return true;
    }
}
