package io.agentservice.api;

/**
 * The stream that a client asks for.
 *
 * @param after the sequence of the last event that it has
 * @param follow whether to go on with what comes after what there is now
 */
record StreamRequest(FrameSource source, long after, Selection selection, boolean follow, Rendering rendering) {}
