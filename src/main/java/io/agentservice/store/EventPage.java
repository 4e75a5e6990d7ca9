package io.agentservice.store;

import java.util.List;

/**
 * Some events of a job in order.
 *
 * @param after the sequence that the first of them follows
 * @param complete whether these are the last there are now
 * @param end whether the job is final, so that none will follow them
 */
public record EventPage(List<StoredEvent> events, long after, boolean complete, boolean end) implements FeedPage {

    public EventPage {
        events = List.copyOf(events);
    }

    @Override
    public boolean isEmpty() {
        return events.isEmpty();
    }

    /** Where the next page begins. */
    @Override
    public long last() {
        return events.isEmpty() ? after : events.get(events.size() - 1).sequence();
    }
}
