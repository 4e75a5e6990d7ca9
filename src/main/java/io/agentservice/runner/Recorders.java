package io.agentservice.runner;

import io.agentservice.agent.AgentConversation;
import io.agentservice.job.Job;
import jakarta.inject.Singleton;

/** What it takes to write down what an agent says. */
@Singleton
record Recorders(Recording recording, IngestMetrics metrics) {

    /** For one run of a job. */
    Recorder of(Job job, AgentConversation conversation, long maxBytes) {
        return new Recorder(
                job.id(),
                conversation,
                recording,
                metrics.of(job.id(), job.spec().agent()),
                maxBytes);
    }
}
