package io.agentservice.api;

import io.agentservice.job.Delta;
import io.agentservice.store.JobFeed.LiveDelta;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The last events of one followed job as finished frames, encoded once and shared by all who follow it. It is fed by
 * one reader of the store; a stream that falls behind it reads the store itself until it has caught up.
 */
final class EventTail {

    private static final int MAX_BYTES = 512 * 1024;
    /** Deltas that are ahead of the events they follow; more than this would be a client's lost second. */
    private static final int MAX_EARLY_DELTAS = 1024;

    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    /** Behind {@code dropped} empty places, so that an entry is found by its index and dropping one moves no other. */
    private final List<Frame> entries = new ArrayList<>();

    private int dropped;
    private final Deque<LiveDelta> early = new ArrayDeque<>();
    private int bytes;
    private long nextIndex;
    /** All events after this one, and up to {@link #last}, are among the entries. */
    private long floor;

    private long last;
    private boolean ended;

    EventTail(long start) {
        floor = start;
        last = start;
    }

    /**
     * What a stream should send next.
     *
     * @param index where it goes on
     * @param sequence the last event among the entries that it passes by these frames, or where it stood
     * @param shown the last event among the frames, 0 if there is none
     */
    record Chunk(List<byte[]> frames, long index, long sequence, long shown, boolean ended) {}

    void add(EventStream stream) {
        streams.add(stream);
    }

    /** @return whether nobody is left */
    boolean remove(EventStream stream) {
        streams.remove(stream);
        return streams.isEmpty();
    }

    /** Takes the next page and wakes the streams. */
    void append(FramePage page) {
        synchronized (this) {
            for (Frame frame : page.frames()) {
                last = frame.sequence();
                add(frame);
                admitEarlyDeltas();
            }
            ended = page.end();
        }
        wakeAll();
    }

    void append(LiveDelta delta) {
        synchronized (this) {
            if (delta.after() > last) {
                if (early.size() < MAX_EARLY_DELTAS) {
                    early.add(delta);
                }
                return;
            }
            show(delta);
        }
        wakeAll();
    }

    private void admitEarlyDeltas() {
        while (!early.isEmpty() && early.peek().after() <= last) {
            show(early.remove());
        }
    }

    /** A delta from before the last event is old news: that event, or one before it, holds its text. */
    private void show(LiveDelta live) {
        Delta delta = live.delta();
        if (live.after() == last) {
            add(new Frame(0, SseFrames.of(delta), Map.of()));
        }
    }

    private void add(Frame frame) {
        entries.add(frame);
        nextIndex++;
        bytes += frame.bytes().length;
        while (bytes > MAX_BYTES && entries.size() - dropped > 1) {
            dropOldest();
        }
    }

    private void dropOldest() {
        Frame oldest = entries.set(dropped++, null);
        bytes -= oldest.bytes().length;
        if (!oldest.isDelta()) {
            floor = oldest.sequence();
        }
        if (2 * dropped > entries.size()) {
            entries.subList(0, dropped).clear();
            dropped = 0;
        }
    }

    private Frame entry(long index) {
        return entries.get(entries.size() - (int) (nextIndex - index));
    }

    private long oldestIndex() {
        return nextIndex - entries.size() + dropped;
    }

    private void wakeAll() {
        streams.forEach(EventStream::wake);
    }

    /**
     * The frames for a stream that has sent everything up to {@code sequence}.
     *
     * @param index where it stands among the entries; -1 if it has just come
     * @return empty if it is behind the tail and must read the store
     */
    synchronized Optional<Chunk> after(long index, long sequence, Selection selection, int maxBytes) {
        if (sequence < floor) {
            return Optional.empty();
        }
        List<byte[]> frames = new ArrayList<>();
        long reached = sequence;
        long shown = 0;
        int size = 0;
        long goOn = Math.max(index, oldestIndex());
        while (goOn < nextIndex && size < maxBytes) {
            Frame entry = entry(goOn++);
            // A newcomer has no use for deltas from before it came.
            boolean fresh = entry.isDelta() ? index >= 0 : entry.sequence() > sequence;
            reached = Math.max(reached, entry.sequence());
            if (fresh && selection.takes(entry)) {
                frames.add(entry.bytes());
                size += entry.bytes().length;
                shown = Math.max(shown, entry.sequence());
            }
        }
        return Optional.of(new Chunk(frames, goOn, reached, shown, ended && reached >= last));
    }
}
