package io.agentservice.api;

import io.agentservice.store.StoredEvent;
import java.util.List;

/** Server-sent events: the frames as they are. */
final class SseRendering implements Rendering {

    @Override
    public byte[] greeting() {
        return SseFrames.GREETING;
    }

    @Override
    public byte[] page(List<StoredEvent> events, boolean complete) {
        return frames(events.stream().map(SseFrames::of).toList());
    }

    @Override
    public byte[] frames(List<byte[]> frames) {
        if (frames.size() == 1) {
            return frames.get(0);
        }
        byte[] all = new byte[frames.stream().mapToInt(frame -> frame.length).sum()];
        int at = 0;
        for (byte[] frame : frames) {
            System.arraycopy(frame, 0, all, at, frame.length);
            at += frame.length;
        }
        return all;
    }

    @Override
    public boolean isWork(int bytes) {
        return false;
    }

    @Override
    public byte[] heartbeat() {
        return SseFrames.HEARTBEAT;
    }

    @Override
    public byte[] broken() {
        return SseFrames.BROKEN;
    }
}
