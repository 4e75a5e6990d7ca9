package io.agentservice.runner;

import io.agentservice.agent.AgentConversation;
import io.agentservice.job.Delta;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.process.OutputLine;
import io.agentservice.store.EventDraft;
import io.agentservice.store.EventFilter.OutputFilter;
import io.agentservice.store.JobFeed;
import io.agentservice.store.StoreException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes down what an agent says, a batch of lines in one commit, and shows its deltas in their place among events. */
final class Recorder {

    private static final int RETRIES = 5;
    /** What a row costs besides the line and its meaning, which are about as long as each other. */
    private static final int ROW_BYTES = 128;

    private final JobId job;
    private final AgentConversation conversation;
    private final Recording recording;
    private final OutputFilter filter;
    private final long maxBytes;
    private final IngestMetrics.OfRun metrics;
    private long bytes;
    private boolean truncated;
    /** The sequence of the last event recorded; 0 until the first is. */
    private long last;

    /** @param maxBytes how much of the output is recorded; of what comes after, only results */
    Recorder(
            JobId job,
            AgentConversation conversation,
            Recording recording,
            IngestMetrics.OfRun metrics,
            long maxBytes) {
        this.recording = recording;
        this.filter = recording.filter().output();
        this.maxBytes = maxBytes;
        this.metrics = metrics;
        this.job = job;
        this.conversation = conversation;
    }

    JobId job() {
        return job;
    }

    /** Called with one batch at a time. Fails if it could not be recorded, after some tries. */
    Uni<Void> record(List<OutputLine> lines) {
        List<EventDraft> drafts = new ArrayList<>();
        List<Delta> trailing = new ArrayList<>();
        metrics.read(lines);
        for (OutputLine written : lines) {
            OutputLine line = filtered(written);
            AgentConversation.Reading reading = conversation.read(line);
            if (!reading.events().isEmpty()) {
                add(reading.events(), line, drafts);
                // The event that follows a delta holds its text: what was written before it is no longer news.
                trailing.clear();
                filter.messageEnded();
            }
            reading.deltas().forEach(delta -> trailing.add(filter.delta(delta)));
        }
        if (drafts.isEmpty()) {
            show(trailing);
            return Uni.createFrom().voidItem();
        }
        return recording
                .store()
                .append(job, drafts)
                .onFailure(StoreException.class)
                .retry()
                .withBackOff(Duration.ofMillis(100), Duration.ofSeconds(2))
                .atMost(RETRIES)
                .invoke(sequence -> {
                    last = sequence;
                    metrics.recorded(drafts);
                    show(trailing);
                })
                .replaceWithVoid();
    }

    /** Goes over every line before anything else does. */
    private OutputLine filtered(OutputLine line) {
        String text =
                switch (line.source()) {
                    case STDOUT -> filter.stdout(line.text(), line.droppedBytes() > 0);
                    case STDERR -> filter.stderr(line.text());
                };
        return new OutputLine(line.source(), text, line.droppedBytes());
    }

    private void add(List<JobEvent> events, OutputLine line, List<EventDraft> drafts) {
        bytes += ROW_BYTES + 2L * line.text().length();
        if (bytes > maxBytes && !truncated) {
            truncated = true;
            drafts.add(EventDraft.of(new JobEvent.Truncated(maxBytes)));
        }
        boolean fromStdout = line.source() == OutputLine.Source.STDOUT;
        for (int i = 0; i < events.size(); i++) {
            if (!truncated || events.get(i) instanceof JobEvent.Result) {
                drafts.add(new EventDraft(
                        events.get(i), i == 0 && fromStdout ? Optional.of(line.text()) : Optional.empty()));
            }
        }
    }

    private void show(List<Delta> deltas) {
        deltas.forEach(delta -> recording.feed().publish(job, new JobFeed.LiveDelta(last, delta)));
    }
}
