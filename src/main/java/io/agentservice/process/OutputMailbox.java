package io.agentservice.process;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;

/**
 * Hands the lines of a process to one subscriber, everything that waits as one list: single lines while the subscriber
 * keeps up, larger and larger batches while it is busy. Holds at most {@code capacity} bytes; beyond, the readers wait,
 * and so does the process.
 */
final class OutputMailbox implements Flow.Publisher<List<OutputLine>>, Flow.Subscription {

    private final Executor executor;
    private final long capacity;

    private List<OutputLine> waiting = new ArrayList<>();
    private long weight;
    private long demand;
    private boolean draining;
    private boolean closed;
    private boolean cancelled;
    private Flow.Subscriber<? super List<OutputLine>> subscriber;

    /** @param executor where the subscriber is called, one call at a time */
    OutputMailbox(Executor executor, long capacity) {
        this.executor = executor;
        this.capacity = capacity;
    }

    /** Called by the readers; waits while the mailbox is full. */
    synchronized void offer(OutputLine line) {
        while (weight > capacity && !cancelled) {
            awaitRoom();
        }
        if (cancelled || closed) {
            return;
        }
        waiting.add(line);
        weight += line.weight();
        schedule();
    }

    private void awaitRoom() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cancelled = true;
        }
    }

    synchronized boolean holdsLines() {
        return !waiting.isEmpty();
    }

    /** No more lines will come. */
    synchronized void close() {
        closed = true;
        schedule();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<OutputLine>> newcomer) {
        synchronized (this) {
            if (subscriber != null) {
                throw new IllegalStateException("the lines of a process have one subscriber");
            }
            subscriber = newcomer;
        }
        newcomer.onSubscribe(this);
        synchronized (this) {
            schedule();
        }
    }

    @Override
    public synchronized void request(long n) {
        demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
        schedule();
    }

    /** The subscriber is gone: what comes is read and thrown away, so that the process can go on to its end. */
    @Override
    public synchronized void cancel() {
        cancelled = true;
        waiting = new ArrayList<>();
        notifyAll();
    }

    private void schedule() {
        boolean something = !waiting.isEmpty() ? demand > 0 : closed;
        if (!draining && !cancelled && subscriber != null && something) {
            draining = true;
            executor.execute(this::drain);
        }
    }

    private void drain() {
        for (List<OutputLine> batch; (batch = take()) != null; ) {
            if (batch.isEmpty()) {
                subscriber.onComplete();
                return;
            }
            subscriber.onNext(batch);
        }
    }

    /** The next batch; an empty one for the end; null when there is nothing to do now. */
    private synchronized List<OutputLine> take() {
        if (cancelled || waiting.isEmpty() && !closed || !waiting.isEmpty() && demand == 0) {
            draining = false;
            return null;
        }
        var batch = waiting;
        if (!batch.isEmpty()) {
            demand--;
            waiting = new ArrayList<>();
            weight = 0;
            notifyAll();
        }
        return batch;
    }
}
