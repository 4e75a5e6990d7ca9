package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.job.Delta;
import io.agentservice.job.Json;
import io.agentservice.store.EventPage;
import io.agentservice.store.JobFeed.LiveDelta;
import io.agentservice.store.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EventTailTest {

    private static final int CHUNK = 64 * 1024;

    private static final Selection WITH_DELTAS = new Selection(true, Map.of());

    private final EventTail tail = new EventTail(0);

    private static FramePage page(long from, long to, int size, boolean end) {
        var data = new Json("\"" + "x".repeat(size) + "\"");
        List<StoredEvent> events = LongStream.rangeClosed(from, to)
                .mapToObj(sequence -> new StoredEvent(sequence, "message", data))
                .toList();
        return FramePage.of(new EventPage(events, from - 1, true, end));
    }

    private static LiveDelta delta(long after, String text) {
        return new LiveDelta(after, new Delta("text", text, Optional.empty()));
    }

    private static List<String> text(EventTail.Chunk chunk) {
        return chunk.frames().stream()
                .map(frame -> new String(frame, StandardCharsets.UTF_8))
                .toList();
    }

    private static List<Long> ids(EventTail.Chunk chunk) {
        return text(chunk).stream()
                .map(frame -> Long.parseLong(frame.substring("id: ".length(), frame.indexOf('\n'))))
                .toList();
    }

    @Test
    void aStreamAtTheTailGetsEveryEventOnceHoweverManyAreDropped() {
        var random = new Random(1);
        List<Long> seen = new ArrayList<>();
        long index = -1;
        long sequence = 0;
        for (long next = 1; next < 20_000; ) {
            long last = next + random.nextInt(20);
            tail.append(page(next, last, random.nextInt(2_000), false));
            next = last + 1;
            // Reads as fast as is written in the mean, now and then not at all.
            for (int i = random.nextInt(4); i > 0; i--) {
                var chunk = tail.after(index, sequence, Selection.ALL, CHUNK).orElseThrow();
                seen.addAll(ids(chunk));
                index = chunk.index();
                sequence = chunk.sequence();
            }
        }

        assertThat(seen)
                .hasSizeGreaterThan(10_000)
                .isEqualTo(LongStream.rangeClosed(1, sequence).boxed().toList());
    }

    @Test
    void aStreamBehindTheTailMustReadTheStore() {
        tail.append(page(1, 1_000, 1_000, false));

        assertThat(tail.after(0, 0, Selection.ALL, CHUNK)).isEmpty();
        assertThat(ids(tail.after(-1, 998, Selection.ALL, CHUNK).orElseThrow())).containsExactly(999L, 1_000L);
    }

    @Test
    void whoHasAllGetsNothingUntilThereIsMore() {
        tail.append(page(1, 2, 10, false));
        var all = tail.after(-1, 0, Selection.ALL, CHUNK).orElseThrow();

        var nothing =
                tail.after(all.index(), all.sequence(), Selection.ALL, CHUNK).orElseThrow();
        tail.append(page(3, 3, 10, true));
        var rest = tail.after(nothing.index(), nothing.sequence(), Selection.ALL, CHUNK)
                .orElseThrow();

        assertThat(nothing.frames()).isEmpty();
        assertThat(ids(rest)).containsExactly(3L);
        assertThat(rest.ended()).isTrue();
    }

    @Test
    void deltasComeInTheirPlaceAndOnlyToThoseWhoWantThem() {
        tail.append(page(1, 1, 10, false));
        var joined = tail.after(-1, 1, WITH_DELTAS, CHUNK).orElseThrow();
        tail.append(delta(1, "early"));
        tail.append(delta(2, "ahead of its event"));
        tail.append(page(2, 2, 10, false));

        var withDeltas = tail.after(joined.index(), 1, WITH_DELTAS, CHUNK).orElseThrow();
        var without = tail.after(joined.index(), 1, Selection.ALL, CHUNK).orElseThrow();

        assertThat(text(withDeltas))
                .satisfiesExactly(
                        first -> assertThat(first).contains("early"),
                        second -> assertThat(second).startsWith("id: 2\n"),
                        third -> assertThat(third).contains("ahead of its event"));
        assertThat(ids(without)).containsExactly(2L);
    }

    @Test
    void aNewcomerGetsTheEventsItLacksAndNoOldDeltas() {
        tail.append(page(1, 3, 10, false));
        tail.append(delta(3, "from before it came"));

        var first = tail.after(-1, 1, WITH_DELTAS, CHUNK).orElseThrow();
        tail.append(delta(3, "from after"));
        var second =
                tail.after(first.index(), first.sequence(), WITH_DELTAS, CHUNK).orElseThrow();

        assertThat(ids(first)).containsExactly(2L, 3L);
        assertThat(text(second)).singleElement().asString().contains("from after");
    }

    @Test
    void aNewcomerThatIsAheadOfTheTailGetsOnlyWhatFollows() {
        tail.append(page(1, 2, 10, false));
        var joined = tail.after(-1, 3, Selection.ALL, CHUNK).orElseThrow();

        tail.append(page(3, 4, 10, false));
        var next = tail.after(joined.index(), joined.sequence(), Selection.ALL, CHUNK)
                .orElseThrow();

        assertThat(joined.frames()).isEmpty();
        assertThat(ids(next)).containsExactly(4L);
    }

    @Test
    void aDeltaWhoseEventIsThereAlreadyIsOldNews() {
        tail.append(page(1, 2, 10, false));
        var joined = tail.after(-1, 2, WITH_DELTAS, CHUNK).orElseThrow();

        tail.append(delta(1, "late"));

        assertThat(tail.after(joined.index(), 2, WITH_DELTAS, CHUNK)
                        .orElseThrow()
                        .frames())
                .isEmpty();
    }

    @Test
    void deltasAheadOfTheirEventsAreKeptInOrderAndWithinABound() {
        var joined = tail.after(-1, 0, WITH_DELTAS, CHUNK).orElseThrow();
        for (int i = 0; i < 5_000; i++) {
            tail.append(delta(1, "delta-" + i + "."));
        }

        tail.append(page(1, 1, 10, false));
        var shown = tail.after(joined.index(), 0, WITH_DELTAS, 10 * CHUNK).orElseThrow();

        assertThat(shown.frames()).hasSize(1 + 1024);
        assertThat(text(shown).get(0)).startsWith("id: 1\n");
        assertThat(text(shown).get(1)).contains("delta-0.");
        assertThat(text(shown).get(1024)).contains("delta-1023.");
    }

    @Test
    void aChunkEndsWhereItIsLargeEnoughAndGoesOnThere() {
        tail.append(page(1, 10, 1_000, true));

        var first = tail.after(-1, 0, Selection.ALL, 3_000).orElseThrow();
        var rest = tail.after(first.index(), first.sequence(), Selection.ALL, CHUNK)
                .orElseThrow();

        assertThat(ids(first)).containsExactly(1L, 2L, 3L);
        assertThat(first.ended()).isFalse();
        assertThat(ids(rest)).containsExactly(4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(rest.ended()).isTrue();
    }

    @Test
    void anEventLargerThanTheTailIsStillInIt() {
        tail.append(page(1, 1, 2_000_000, false));

        assertThat(ids(tail.after(-1, 0, Selection.ALL, CHUNK).orElseThrow())).containsExactly(1L);
    }

    @Test
    void deltasThatAreDroppedDoNotPutAnybodyBehind() {
        tail.append(page(1, 1, 10, false));
        var joined = tail.after(-1, 1, WITH_DELTAS, CHUNK).orElseThrow();
        for (int i = 0; i < 1_000; i++) {
            tail.append(delta(1, "x".repeat(2_000)));
        }

        var next = tail.after(joined.index(), 1, WITH_DELTAS, 10 * CHUNK).orElseThrow();

        assertThat(next.frames()).hasSizeBetween(100, 300);
    }

    @Test
    void theEndOfAJobEndsAStreamThatHasEverything() {
        tail.append(page(1, 1, 10, false));
        var joined = tail.after(-1, 1, Selection.ALL, CHUNK).orElseThrow();

        tail.append(new FramePage(List.of(), 1, true, true));
        var end = tail.after(joined.index(), 1, Selection.ALL, CHUNK).orElseThrow();

        assertThat(joined.ended()).isFalse();
        assertThat(end.frames()).isEmpty();
        assertThat(end.ended()).isTrue();
    }

    @Test
    void whoWantsOtherTypesPassesOverTheseAndIsNotHeldUp() {
        var results = new Selection(false, Map.of(Frame.TYPE, Set.of("result")));
        tail.append(page(1, 5, 10, true));

        var chunk = tail.after(-1, 0, results, CHUNK).orElseThrow();

        assertThat(chunk.frames()).isEmpty();
        assertThat(chunk.sequence()).isEqualTo(5);
        assertThat(chunk.shown()).isZero();
        assertThat(chunk.ended()).isTrue();
    }
}
