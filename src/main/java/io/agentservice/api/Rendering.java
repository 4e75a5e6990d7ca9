package io.agentservice.api;

import java.util.List;

/** How a stream looks to its client. One for each stream; called by one thread at a time, events in their order. */
interface Rendering {

    byte[] NOTHING = {};

    /**
     * The first bytes.
     *
     * @param sequence where the stream begins
     */
    byte[] greeting(long sequence);

    /**
     * Events as frames of a page of the store.
     *
     * @param complete whether these are the last there are now
     */
    byte[] page(List<byte[]> frames, boolean complete);

    /** Events and deltas as frames of the tail. */
    byte[] frames(List<byte[]> frames);

    /** Whether that many bytes of frames are too much to be made on the event loop. */
    boolean isWork(int bytes);

    /** What tells a client that events up to this one were passed over. */
    byte[] position(long sequence);

    /** Called when nothing was sent for a while. */
    byte[] heartbeat();

    /** The last bytes of a stream whose job cannot be read now. */
    byte[] broken();

    /** The last bytes of a stream whose caller may no longer be here. */
    byte[] notAdmitted();
}
