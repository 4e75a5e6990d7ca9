package io.agentservice.api;

import io.agentservice.store.JobGoneException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * One client that follows a job, or all of them: a position, no queue. It sends when it is asked for more, all that
 * waits as one buffer, from the shared tail or, where it is behind that, from the store. A client that stops reading
 * stops asking; it costs one buffer and its socket until its time is up.
 *
 * <p>All state belongs to the connection's event loop.
 */
final class EventStream implements Flow.Publisher<byte[]>, Flow.Subscription {

    private final FrameSource source;
    private final StreamPosition position;
    private final Connection connection;
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

    EventStream(Request request, Connection connection, EventTails tails, StreamConfig config) {
        this.source = request.source();
        this.position = new StreamPosition(request.after(), request.selection());
        this.connection = connection;
        this.tails = tails;
        this.config = config;
    }

    /** What a client asked for. */
    record Request(FrameSource source, long after, Selection selection) {}

    /**
     * Whom it is for.
     *
     * @param admitted whether the caller may still be here
     * @param abort ends the answer at once, whole or not
     */
    record Connection(Context context, BooleanSupplier admitted, Runnable abort) {}

    @Override
    public void subscribe(Flow.Subscriber<? super byte[]> subscriber) {
        client = subscriber;
        tails.opened(this);
        heartbeat = connection.context().owner().setPeriodic(config.heartbeat().toMillis(), id -> onLoop(this::beat));
        client.onSubscribe(this);
    }

    boolean follows(FrameSource other) {
        return source.equals(other);
    }

    @Override
    public void request(long n) {
        onLoop(() -> {
            demand += n;
            send();
        });
    }

    @Override
    public void cancel() {
        onLoop(this::close);
    }

    /** There may be more to send. Any thread. */
    void wake() {
        if (awake.compareAndSet(false, true)) {
            connection.context().runOnContext(ignored -> {
                awake.set(false);
                send();
            });
        }
    }

    /** Ends the stream cleanly; its client comes back to where it stood. Any thread. */
    void end() {
        onLoop(() -> {
            if (!done) {
                emit(position.tell());
                close();
                client.onComplete();
            }
        });
    }

    /** Ends the stream because the store cannot be read; what was sent is whole. Any thread. */
    void breakOff() {
        onLoop(() -> {
            emit(SseFrames.BROKEN);
            end();
        });
    }

    private void send() {
        while (demand > 0 && !done && !reading) {
            if (!greeted) {
                greeted = true;
                emit(SseFrames.greeting(position.sequence()));
            } else if (position.isBehind()) {
                readPage();
            } else if (!sendFromTail()) {
                return;
            }
        }
    }

    /** @return whether there may be more to do */
    private boolean sendFromTail() {
        var piece = position.fromTail();
        piece.ifPresent(this::emit);
        return piece.isEmpty() || !piece.get().isEmpty();
    }

    private void readPage() {
        reading = true;
        source.page(position.sequence())
                .subscribe()
                .with(page -> connection.context().runOnContext(ignored -> sendPage(page)), this::unreadable);
    }

    /** Of a job that was removed there is nothing more: the client comes back, and then learns of it. */
    private void unreadable(Throwable failure) {
        if (failure instanceof JobGoneException) {
            end();
        } else {
            breakOff();
        }
    }

    private void sendPage(FramePage page) {
        reading = false;
        if (done) {
            return;
        }
        emit(position.of(page));
        if (page.complete() && !done) {
            followLive();
        }
        send();
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
            emit(SseFrames.NOT_ADMITTED);
            end();
        } else if (isStalled()) {
            close();
            connection.abort().run();
        } else if (quiet && greeted && !reading && demand > 0) {
            byte[] told = position.tell();
            emit(told.length > 0 ? told : SseFrames.HEARTBEAT);
        }
        quiet = true;
    }

    private boolean isStalled() {
        return greeted
                && demand == 0
                && System.nanoTime() - sentAt > config.stallTimeout().toNanos();
    }

    private void emit(StreamPosition.Piece piece) {
        emit(piece.bytes());
        if (piece.ended()) {
            end();
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

    private void onLoop(Runnable action) {
        if (Vertx.currentContext() == connection.context()) {
            action.run();
        } else {
            connection.context().runOnContext(ignored -> action.run());
        }
    }
}
