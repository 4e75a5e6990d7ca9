package io.agentservice.api;

import io.agentservice.store.EventPage;
import io.agentservice.store.StatusChangePage;
import java.util.List;

/**
 * Some frames in order.
 *
 * @param after the sequence that the first of them follows
 * @param complete whether these are the last there are now
 * @param end whether none will ever follow them
 */
record FramePage(List<Frame> frames, long after, boolean complete, boolean end) {

    FramePage {
        frames = List.copyOf(frames);
    }

    static FramePage of(EventPage page) {
        List<Frame> frames = page.events().stream().map(Frame::of).toList();
        return new FramePage(frames, page.after(), page.complete(), page.end());
    }

    static FramePage of(StatusChangePage page) {
        List<Frame> frames = page.changes().stream().map(Frame::of).toList();
        return new FramePage(frames, page.after(), page.complete(), false);
    }

    /** Where the next page begins. */
    long last() {
        return frames.isEmpty() ? after : frames.get(frames.size() - 1).sequence();
    }
}
