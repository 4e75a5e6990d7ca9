package io.agentservice.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.job.Delta;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.job.Json;
import io.agentservice.process.OutputLine;
import io.agentservice.store.EventDraft;
import io.agentservice.store.EventFilter;
import io.agentservice.store.JobFeed;
import io.agentservice.store.JobFeed.LiveDelta;
import io.agentservice.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecorderTest {

    private static final JobId JOB = new JobId("019b76da-a87b-7000-8000-000000000000");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final MemoryStore store = new MemoryStore();
    private final JobFeed feed = new JobFeed();
    private final List<LiveDelta> shown = new ArrayList<>();
    private final Recorder recorder = recorder(Long.MAX_VALUE);

    private Recorder recorder(long maxBytes) {
        return new Recorder(
                JOB,
                new ScriptedConversation(),
                new Recording(store, feed, EventFilter.NONE),
                Ingest.of(JOB),
                maxBytes);
    }

    @BeforeEach
    void listen() {
        feed.onDelta(JOB, shown::add);
    }

    @Test
    void eachLineIsRecordedBesideItsMeaning() {
        record(recorder, "one", "two words");

        assertThat(store.drafts())
                .containsExactly(
                        new EventDraft(new JobEvent.Output("one"), Optional.of("one")),
                        new EventDraft(new JobEvent.Output("words"), Optional.of("two words")),
                        new EventDraft(new JobEvent.Output("words"), Optional.empty()));
    }

    @Test
    void aLineOfStderrIsRecordedOnce() {
        recorder.record(List.of(new OutputLine(OutputLine.Source.STDERR, "oh", 0)))
                .await()
                .atMost(PATIENCE);

        assertThat(store.drafts()).containsExactly(EventDraft.of(new JobEvent.Stderr("oh")));
    }

    @Test
    void aBatchIsOneCommit() {
        record(recorder, "one", "two x", "three");

        assertThat(store.appends()).isEqualTo(1);
    }

    @Test
    void deltasAloneCostNoCommit() {
        record(recorder, "delta a", "nothing");

        assertThat(store.appends()).isZero();
        assertThat(shown).containsExactly(delta(0, "a"));
    }

    @Test
    void deltasFollowTheLastEventThatIsRecorded() {
        record(recorder, "one", "two x");
        record(recorder, "delta a", "delta b");
        record(recorder, "four", "delta c");

        assertThat(shown).containsExactly(delta(3, "a"), delta(3, "b"), delta(4, "c"));
    }

    @Test
    void aDeltaThatAnEventFollowsInItsBatchIsNoNews() {
        record(recorder, "delta a", "a whole message", "delta b");

        assertThat(shown).containsExactly(delta(1, "b"));
    }

    @Test
    void deltasWaitForTheCommitOfTheEventBeforeThem() {
        store.breakWith(new IllegalStateException("broken"));

        assertThatThrownBy(() -> record(recorder, "one", "delta a")).isInstanceOf(IllegalStateException.class);

        assertThat(shown).isEmpty();
    }

    @Test
    void aStoreThatFailsOnceIsAskedAgain() {
        store.failOnce(new StoreException("busy", new IOException()));

        record(recorder, "one", "delta a");

        assertThat(store.appends()).isEqualTo(2);
        assertThat(store.events()).containsExactly(new JobEvent.Output("one"));
        assertThat(shown).containsExactly(delta(1, "a"));
    }

    @Test
    void aFaultIsNotTriedAgain() {
        store.breakWith(new IllegalStateException("broken"));

        assertThatThrownBy(() -> record(recorder, "one")).hasMessage("broken");

        assertThat(store.appends()).isEqualTo(1);
    }

    @Test
    void beyondTheBoundOnlyResultsAreRecorded() {
        // Two lines of five characters with their meaning, and what two rows cost besides.
        Recorder bounded = recorder(276);

        record(bounded, "12345", "67890");
        record(bounded, "one too many", "more");
        record(bounded, "result done", "delta a");

        assertThat(store.events())
                .containsExactly(
                        new JobEvent.Output("12345"),
                        new JobEvent.Output("67890"),
                        new JobEvent.Truncated(276),
                        new JobEvent.Result(false, Optional.of("done"), Json.EMPTY_OBJECT));
        assertThat(shown).containsExactly(delta(4, "a"));
    }

    @Test
    void emptyLinesCountToo() {
        Recorder bounded = recorder(1000);

        for (int i = 0; i < 100; i++) {
            record(bounded, "");
        }

        assertThat(store.events()).hasSizeLessThan(10).contains(new JobEvent.Truncated(1000));
    }

    private static void record(Recorder recorder, String... lines) {
        recorder.record(Arrays.stream(lines)
                        .map(text -> new OutputLine(OutputLine.Source.STDOUT, text, 0))
                        .toList())
                .await()
                .atMost(PATIENCE);
    }

    private static LiveDelta delta(long after, String text) {
        return new LiveDelta(after, new Delta("text", text, Optional.empty()));
    }
}
