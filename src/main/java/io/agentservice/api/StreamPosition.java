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
    private Optional<EventTail> tail = Optional.empty();
    /** All up to here was sent or passed over. */
    private long sequence;
    /** The last id that the client was told. */
    private long told;

    private long index = -1;
    private boolean behind = true;

    StreamPosition(long after, Selection selection) {
        this.sequence = after;
        this.told = after;
        this.selection = selection;
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

    /** From now on it reads the tail, where that has what it needs. */
    void catchUp() {
        index = -1;
        behind = false;
    }

    /**
     * What to send from the tail.
     *
     * @return empty if it is behind and must read the store
     */
    Optional<Piece> fromTail() {
        Optional<EventTail.Chunk> next = tail.orElseThrow().after(index, sequence, selection, CHUNK_BYTES);
        behind = next.isEmpty();
        return next.map(chunk -> {
            index = chunk.index();
            return piece(chunk.frames(), chunk.sequence(), chunk.shown(), chunk.ended());
        });
    }

    /** What to send of a page of the store. */
    Piece of(FramePage page) {
        List<byte[]> frames = new ArrayList<>();
        long shown = 0;
        for (Frame frame : page.frames()) {
            if (selection.takes(frame)) {
                frames.add(frame.bytes());
                shown = frame.sequence();
            }
        }
        return piece(frames, page.last(), shown, page.end());
    }

    /**
     * What is sent at once.
     *
     * @param bytes none if there is nothing to send
     * @param ended whether nothing will follow
     */
    record Piece(byte[] bytes, boolean ended) {

        boolean isEmpty() {
            return bytes.length == 0;
        }
    }

    private Piece piece(List<byte[]> frames, long reached, long shown, boolean ended) {
        sequence = reached;
        told = shown > 0 ? shown : Math.min(told, reached);
        if (ended || sequence - told >= MAX_UNTOLD) {
            return new Piece(join(frames, tell()), ended);
        }
        return new Piece(join(frames, new byte[0]), ended);
    }

    /** A frame that only tells the client where it stands; none if it knows. */
    byte[] tell() {
        if (told >= sequence) {
            return new byte[0];
        }
        told = sequence;
        return SseFrames.position(sequence);
    }

    private static byte[] join(List<byte[]> frames, byte[] last) {
        if (frames.size() == 1 && last.length == 0) {
            return frames.get(0);
        }
        byte[] all = new byte[frames.stream().mapToInt(frame -> frame.length).sum() + last.length];
        int at = 0;
        for (byte[] frame : frames) {
            System.arraycopy(frame, 0, all, at, frame.length);
            at += frame.length;
        }
        System.arraycopy(last, 0, all, at, last.length);
        return all;
    }
}
