package io.agentservice.queue;

import java.time.Duration;
import java.util.Map;

/**
 * Who runs and who waits.
 *
 * @param running by agent
 * @param waiting by what they wait for
 * @param oldest for how long the oldest job that only waits for a place has been there
 */
record Census(Map<String, Integer> running, Map<Waiting.Reason, Integer> waiting, Duration oldest) {

    static final Census NOBODY = new Census(Map.of(), Map.of(), Duration.ZERO);
}
