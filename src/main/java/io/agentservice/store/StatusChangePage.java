package io.agentservice.store;

import java.util.List;

/**
 * Some changes of status in the order of their commits.
 *
 * @param after the position that the first of them follows
 * @param complete whether these are the last there are now
 */
public record StatusChangePage(List<StatusChange> changes, long after, boolean complete) implements FeedPage {

    public StatusChangePage {
        changes = List.copyOf(changes);
    }

    @Override
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    @Override
    public long last() {
        return changes.isEmpty() ? after : changes.get(changes.size() - 1).position();
    }

    /** There may always be another job. */
    @Override
    public boolean end() {
        return false;
    }
}
