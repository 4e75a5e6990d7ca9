package io.agentservice.store;

import io.agentservice.job.Json;

/**
 * A recorded event.
 *
 * @param sequence its number in its job: from 1, without gaps, never changed
 * @param type see {@code JobEvent.type}
 * @param data what it says, with the time it was recorded in {@code at}
 */
public record StoredEvent(long sequence, String type, Json data) {}
