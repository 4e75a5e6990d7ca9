package io.agentservice.api;

import io.agentservice.store.JobGoneException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One client that follows a job, or all of them: a position, no queue. It sends when it is asked for more, all that
 * waits as one buffer, from the shared tail or, where it is behind that, from the store. A client that stops reading
 * stops asking; it costs one buffer and its socket until its time is up.
 *
 * <p>All state belongs to the connection's event loop.
 */
final class EventStream implements Flow.Publisher<byte[]>, Flow.Subscription {

    private final FrameSource source;
    private final Rendering rendering;
    private final StreamPosition position;
    private final StreamConnection connection;
    private final EventTails tails;
    private final StreamConfig config;
    private final AtomicBoolean awake = new AtomicBoolean();

    private Flow.Subscriber<? super byte[]> client;
    private long demand;
    private long heartbeat;
    private long sentAt;
    private boolean greeted;
    private boolean reading;
    private boolean quiet;
    private boolean done;

    EventStream(StreamRequest request, StreamConnection connection, EventTails tails, StreamConfig config) {
        this.source = request.source();
        this.rendering = request.rendering();
        this.position = new StreamPosition(request);
        this.connection = connection;
        this.tails = tails;
        this.config = config;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super byte[]> subscriber) {
        client = subscriber;
        tails.opened(this);
        heartbeat = connection
                .context()
                .owner()
                .setPeriodic(config.heartbeat().toMillis(), id -> connection.onLoop(this::beat));
        client.onSubscribe(this);
    }

    boolean follows(FrameSource other) {
        return source.equals(other);
    }

    @Override
    public void request(long n) {
        connection.onLoop(() -> {
            demand += n;
            send();
        });
    }

    @Override
    public void cancel() {
        connection.onLoop(this::close);
    }

    /** There may be more to send. Any thread. It costs nothing where the client does not read, or is being served. */
    void wake() {
        if (awake.compareAndSet(false, true)) {
            connection.context().runOnContext(ignored -> send());
        }
    }

    /** Ends the stream cleanly as soon as its client has all that is stored now. Any thread. */
    void finish() {
        connection.onLoop(position::finish);
        wake();
    }

    /** Ends the stream cleanly; its client comes back to where it stood. Any thread. */
    void end() {
        connection.onLoop(() -> {
            if (!done) {
                tell();
                close();
                client.onComplete();
            }
        });
    }

    /** Ends the stream because the store cannot be read; what was sent is whole. Any thread. */
    void breakOff() {
        connection.onLoop(() -> {
            tails.metrics().unreadable();
            emit(rendering.broken());
            end();
        });
    }

    private void send() {
        // Before it looks, so that what comes meanwhile wakes it again.
        awake.set(false);
        while (demand > 0 && !done && !reading) {
            if (!greeted) {
                greeted = true;
                emit(rendering.greeting(position.sequence()));
            } else if (position.isBehind()) {
                readPage();
            } else if (!sendFromTail()) {
                break;
            }
        }
        if (demand == 0 || reading || done) {
            // The next demand, or the page that is being read, brings it back here.
            awake.set(true);
        }
    }

    /** @return whether there may be more to do */
    private boolean sendFromTail() {
        Optional<StreamPosition.Step> next = position.inTail();
        if (next.isEmpty()) {
            return true;
        }
        StreamPosition.Step step = next.get();
        if (rendering.isWork(step.bytes())) {
            renderApart(step);
            return false;
        }
        take(step, rendering.frames(step.frames()));
        return !step.frames().isEmpty();
    }

    private void renderApart(StreamPosition.Step step) {
        reading = true;
        Uni.createFrom()
                .item(() -> new StreamPosition.Read(step, rendering.frames(step.frames())))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .subscribe()
                .with(this::sendRead, this::unreadable);
    }

    private void readPage() {
        reading = true;
        source.page(position.sequence())
                .map(position::through)
                .map(step -> new StreamPosition.Read(step, rendering.page(step.frames(), step.complete())))
                .subscribe()
                .with(this::sendRead, this::unreadable);
    }

    /** Of a job that was removed there is nothing more: the client comes back, and then learns of it. */
    private void unreadable(Throwable failure) {
        if (failure instanceof JobGoneException) {
            end();
        } else {
            breakOff();
        }
    }

    private void sendRead(StreamPosition.Read read) {
        connection.context().runOnContext(ignored -> {
            reading = false;
            if (!done) {
                take(read.step(), read.bytes());
                if (position.isBehind() && read.step().complete() && !done) {
                    followLive();
                }
                send();
            }
        });
    }

    private void take(StreamPosition.Step step, byte[] bytes) {
        tails.metrics().sent(step.frames().size(), bytes.length);
        boolean tell = position.take(step);
        emit(tell && position.tell() ? SseFrames.join(List.of(bytes, rendering.position(position.sequence()))) : bytes);
        if (step.ended()) {
            end();
        }
    }

    private void followLive() {
        if (!position.isInTail()) {
            position.enter(tails.join(source, position.sequence(), this));
        }
        position.catchUp();
    }

    private void beat() {
        if (done) {
            return;
        }
        if (!connection.admitted().getAsBoolean()) {
            tails.metrics().notAdmitted();
            emit(rendering.notAdmitted());
            end();
        } else if (isStalled()) {
            tails.metrics().tooSlow();
            close();
            connection.abort().run();
        } else if (quiet && greeted && !reading && demand > 0) {
            tell();
            emit(quiet ? rendering.heartbeat() : Rendering.NOTHING);
        }
        quiet = true;
    }

    private boolean isStalled() {
        return greeted
                && demand == 0
                && System.nanoTime() - sentAt > config.stallTimeout().toNanos();
    }

    private void tell() {
        if (demand > 0 && position.tell()) {
            emit(rendering.position(position.sequence()));
        }
    }

    private void emit(byte[] bytes) {
        if (bytes.length == 0 || demand == 0 || done) {
            return;
        }
        demand--;
        quiet = false;
        sentAt = System.nanoTime();
        client.onNext(bytes);
    }

    private void close() {
        if (done) {
            return;
        }
        done = true;
        connection.context().owner().cancelTimer(heartbeat);
        if (position.isInTail()) {
            tails.leave(source, this);
        }
        tails.closed(this);
    }
}
