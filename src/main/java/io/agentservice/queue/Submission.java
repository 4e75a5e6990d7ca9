package io.agentservice.queue;

import io.agentservice.job.Job;

/**
 * What became of a request.
 *
 * @param job as it stands now
 * @param replayed whether an earlier request with the same key made it
 */
public record Submission(Job job, boolean replayed) {}
