package io.agentservice.store;

/**
 * What the store takes of the disk, in bytes.
 *
 * @param used holds something
 * @param free was used once and waits to be used again or given back
 * @param log what was written last and is not in its place yet
 */
public record StoreSize(long used, long free, long log) {}
