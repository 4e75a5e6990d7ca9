package io.agentservice.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where one stream stands in what it follows, and what it sends next. Belongs to the connection's event loop. */
final class StreamPosition {

    private static final int CHUNK_BYTES = 64 * 1024;
    /** How many events may be passed over before the client is told where it stands. */
    private static final long MAX_UNTOLD = 500;

    private final Selection selection;
    private volatile boolean follow;
    private Optional<EventTail> tail = Optional.empty();
    /** All up to here was sent or passed over. */
    private long sequence;
    /** The last id that the client was told. */
    private long told;

    private long index = -1;
    private boolean behind = true;

    StreamPosition(StreamRequest request) {
        this.sequence = request.after();
        this.told = request.after();
        this.selection = request.selection();
        this.follow = request.follow();
    }

    long sequence() {
        return sequence;
    }

    boolean isBehind() {
        return behind;
    }

    boolean isInTail() {
        return tail.isPresent();
    }

    void enter(EventTail joined) {
        tail = Optional.of(joined);
    }

    /** From now on it reads the tail, where that has what it needs and the stream goes on. */
    void catchUp() {
        index = -1;
        behind = !follow;
    }

    /** It ends where the store ends now, which it reads once more to find out. */
    void finish() {
        follow = false;
        behind = true;
    }

    /**
     * What is sent at once, of which nothing was sent yet.
     *
     * @param reached where the stream will stand then
     * @param shown the last event among the frames, 0 if there is none
     * @param complete whether there is no more now
     * @param ended whether nothing will follow
     */
    record Step(List<byte[]> frames, long reached, long shown, boolean complete, boolean ended) {

        int bytes() {
            return frames.stream().mapToInt(frame -> frame.length).sum();
        }
    }

    /** A step and how it looks, which was made before it comes to the event loop. */
    record Read(Step step, byte[] bytes) {}

    /**
     * The next step in the tail.
     *
     * @return empty if the stream is behind and must read the store
     */
    Optional<Step> inTail() {
        Optional<EventTail.Chunk> next = tail.orElseThrow().after(index, sequence, selection, CHUNK_BYTES);
        behind = next.isEmpty();
        next.ifPresent(chunk -> index = chunk.index());
        return next.map(chunk -> new Step(chunk.frames(), chunk.sequence(), chunk.shown(), true, chunk.ended()));
    }

    /** The step through a page of the store. Any thread. */
    Step through(FramePage page) {
        List<byte[]> frames = new ArrayList<>();
        long shown = 0;
        for (Frame frame : page.frames()) {
            if (selection.takes(frame)) {
                frames.add(frame.bytes());
                shown = frame.sequence();
            }
        }
        boolean ended = page.end() || page.complete() && !follow;
        return new Step(frames, page.last(), shown, page.complete(), ended);
    }

    /** @return whether the client should be told where it stands then */
    boolean take(Step step) {
        sequence = step.reached();
        told = step.shown() > 0 ? step.shown() : Math.min(told, sequence);
        return sequence - told >= (step.ended() ? 1 : MAX_UNTOLD);
    }

    /** @return whether the client did not know where it stands, which it does from now on */
    boolean tell() {
        boolean news = told < sequence;
        told = sequence;
        return news;
    }
}
