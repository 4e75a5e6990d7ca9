package io.agentservice.api;

import io.agentservice.job.JobId;
import io.agentservice.store.EventPage;
import io.agentservice.store.JobGoneException;
import io.agentservice.store.JobStore;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Context;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One client that follows one job: a position, no queue. It sends when it is asked for more, all that waits as one
 * buffer, from the shared tail or, where it is behind that, from the store. A client that stops reading stops asking,
 * and costs nothing but its socket.
 *
 * <p>All state belongs to the connection's event loop.
 */
final class EventStream implements Flow.Publisher<byte[]>, Flow.Subscription {

    private static final int CHUNK_BYTES = 64 * 1024;
    private static final long HEARTBEAT_MILLIS = 15_000;

    private final JobId job;
    private final boolean withDeltas;
    private final boolean follow;
    private final Rendering rendering;
    private final JobStore store;
    private final EventTails tails;
    private final Context context;
    private final AtomicBoolean awake = new AtomicBoolean();

    private Flow.Subscriber<? super byte[]> client;
    private Optional<EventTail> tail = Optional.empty();
    private long sequence;
    private long index = -1;
    private long demand;
    private long heartbeat;
    private boolean greeted;
    private boolean reading;
    private boolean behind = true;
    private boolean quiet;
    private boolean done;

    EventStream(Request request, JobStore store, EventTails tails, Context context) {
        this.job = request.job();
        this.sequence = request.after();
        this.withDeltas = request.deltas();
        this.follow = request.follow();
        this.rendering = request.rendering();
        this.store = store;
        this.tails = tails;
        this.context = context;
    }

    /**
     * What a client asked for.
     *
     * @param follow whether to go on with what comes after what there is now
     */
    record Request(JobId job, long after, boolean deltas, boolean follow, Rendering rendering) {}

    @Override
    public void subscribe(Flow.Subscriber<? super byte[]> subscriber) {
        client = subscriber;
        tails.opened(this);
        heartbeat = context.owner().setPeriodic(HEARTBEAT_MILLIS, id -> onLoop(this::beat));
        client.onSubscribe(this);
    }

    boolean follows(JobId id) {
        return job.equals(id);
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
            context.runOnContext(ignored -> {
                awake.set(false);
                send();
            });
        }
    }

    /** Ends the stream cleanly. Any thread. */
    void end() {
        onLoop(() -> {
            if (!done) {
                close();
                client.onComplete();
            }
        });
    }

    /** Ends the stream because the store cannot be read; what was sent is whole. Any thread. */
    void breakOff() {
        onLoop(() -> {
            if (!done && demand > 0) {
                emit(rendering.broken());
            }
            end();
        });
    }

    private void send() {
        while (demand > 0 && !done && !reading) {
            if (!greeted) {
                greeted = true;
                emit(rendering.greeting());
            } else if (behind) {
                readPage();
            } else if (!sendFromTail()) {
                return;
            }
        }
    }

    /** @return whether there may be more to do */
    private boolean sendFromTail() {
        Optional<EventTail.Chunk> next = tail.orElseThrow().after(index, sequence, withDeltas, CHUNK_BYTES);
        if (next.isEmpty()) {
            behind = true;
            return true;
        }
        EventTail.Chunk chunk = next.get();
        index = chunk.index();
        sequence = chunk.sequence();
        if (rendering.isWork(
                chunk.frames().stream().mapToInt(frame -> frame.length).sum())) {
            renderApart(chunk);
            return false;
        }
        if (!chunk.frames().isEmpty()) {
            emit(rendering.frames(chunk.frames()));
        }
        if (chunk.ended()) {
            end();
            return false;
        }
        return !chunk.frames().isEmpty();
    }

    private void renderApart(EventTail.Chunk chunk) {
        reading = true;
        Uni.createFrom()
                .item(() -> rendering.frames(chunk.frames()))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .subscribe()
                .with(bytes -> onLoop(() -> sendRead(bytes, chunk.ended())), this::unreadable);
    }

    private void readPage() {
        reading = true;
        store.events(job, sequence, EventTails.PAGE_BYTES)
                .map(page -> new Page(rendering.page(page.events(), page.complete()), page))
                .subscribe()
                .with(page -> context.runOnContext(ignored -> sendPage(page)), this::unreadable);
    }

    /** Of a job that was removed there is nothing more: the client comes back, and then learns of it. */
    private void unreadable(Throwable failure) {
        if (failure instanceof JobGoneException) {
            end();
        } else {
            breakOff();
        }
    }

    /** A page of the store, encoded before it comes to the event loop. */
    private record Page(byte[] bytes, EventPage source) {}

    private void sendPage(Page page) {
        boolean complete = page.source().complete();
        sequence = page.source().last();
        if (!done && complete && follow && !page.source().end()) {
            followLive();
        }
        sendRead(page.bytes(), page.source().end() || complete && !follow);
    }

    private void sendRead(byte[] bytes, boolean last) {
        reading = false;
        if (done) {
            return;
        }
        emit(bytes);
        if (last) {
            end();
        }
        send();
    }

    private void followLive() {
        if (tail.isEmpty()) {
            tail = Optional.of(tails.join(job, sequence, this));
        }
        index = -1;
        behind = false;
    }

    private void beat() {
        if (quiet && demand > 0 && greeted && !reading && !done) {
            emit(rendering.heartbeat());
        }
        quiet = true;
    }

    private void emit(byte[] bytes) {
        if (bytes.length > 0) {
            demand--;
            quiet = false;
            client.onNext(bytes);
        }
    }

    private void close() {
        done = true;
        context.owner().cancelTimer(heartbeat);
        tail.ifPresent(joined -> tails.leave(job, this));
        tails.closed(this);
    }

    private void onLoop(Runnable action) {
        if (io.vertx.core.Vertx.currentContext() == context) {
            action.run();
        } else {
            context.runOnContext(ignored -> action.run());
        }
    }
}
