package io.agentservice.api;

import io.agentservice.store.StoredEvent;
import java.util.List;

/** How a stream looks to its client. One for each stream; called by one thread at a time, events in their order. */
interface Rendering {

    byte[] NOTHING = {};

    /** The first bytes. */
    byte[] greeting();

    /**
     * Events as the store has them.
     *
     * @param complete whether these are the last there are now
     */
    byte[] page(List<StoredEvent> events, boolean complete);

    /** Events and deltas as frames of the tail. */
    byte[] frames(List<byte[]> frames);

    /** Whether that many bytes of frames are too much to be made on the event loop. */
    boolean isWork(int bytes);

    /** Called when nothing was sent for a while. */
    byte[] heartbeat();

    /** The last bytes of a stream whose job cannot be read now. */
    byte[] broken();
}
