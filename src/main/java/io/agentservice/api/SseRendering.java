package io.agentservice.api;

import java.util.List;

/** Server-sent events: the frames as they are. */
final class SseRendering implements Rendering {

    @Override
    public byte[] greeting(long sequence) {
        return SseFrames.greeting(sequence);
    }

    @Override
    public byte[] page(List<byte[]> frames, boolean complete) {
        return frames(frames);
    }

    @Override
    public byte[] frames(List<byte[]> frames) {
        return SseFrames.join(frames);
    }

    @Override
    public boolean isWork(int bytes) {
        return false;
    }

    @Override
    public byte[] position(long sequence) {
        return SseFrames.position(sequence);
    }

    @Override
    public byte[] heartbeat() {
        return SseFrames.HEARTBEAT;
    }

    @Override
    public byte[] broken() {
        return SseFrames.BROKEN;
    }

    @Override
    public byte[] notAdmitted() {
        return SseFrames.NOT_ADMITTED;
    }
}
