package io.agentservice.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutputMailboxTest {

    private static final int CAPACITY = 1000;

    /** Work that the mailbox wants done; a test does it when it likes. */
    private final Deque<Runnable> work = new ArrayDeque<>();

    private final OutputMailbox mailbox = new OutputMailbox(work::add, CAPACITY);
    private final Reader subscriber = new Reader();
    private final List<Thread> readers = new ArrayList<>();

    private static final class Reader implements Flow.Subscriber<List<OutputLine>> {
        private final List<List<String>> batches = new ArrayList<>();
        private Flow.Subscription subscription;
        private boolean complete;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(List<OutputLine> batch) {
            batches.add(batch.stream().map(OutputLine::text).toList());
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onComplete() {
            complete = true;
        }
    }

    @AfterEach
    void noReaderStays() {
        mailbox.cancel();
        readers.forEach(thread -> await().until(() -> !thread.isAlive()));
    }

    @Test
    void nothingIsGivenBeforeItIsAskedFor() {
        mailbox.subscribe(subscriber);

        mailbox.offer(line("one"));

        assertThat(work).isEmpty();
    }

    @Test
    void aSubscriberThatKeepsUpGetsSingleLines() {
        mailbox.subscribe(subscriber);
        subscriber.subscription.request(Long.MAX_VALUE);

        offerOneByOne("one", "two");

        assertThat(subscriber.batches).containsExactly(List.of("one"), List.of("two"));
    }

    @Test
    void aBusySubscriberGetsAllThatWaitsAsOneBatch() {
        mailbox.subscribe(subscriber);
        subscriber.subscription.request(1);
        offerOneByOne("one", "two", "three");

        subscriber.subscription.request(1);
        doWork();

        assertThat(subscriber.batches).containsExactly(List.of("one"), List.of("two", "three"));
    }

    @Test
    void linesFromBeforeTheSubscriptionAreKept() {
        mailbox.offer(line("early"));

        mailbox.subscribe(subscriber);
        subscriber.subscription.request(1);
        doWork();

        assertThat(subscriber.batches).containsExactly(List.of("early"));
    }

    @Test
    void aReaderWaitsWhileTheMailboxIsFull() {
        mailbox.subscribe(subscriber);

        Thread reader = offerInBackground(40);

        awaitBlocked(reader);
        assertThat(mailbox.holdsLines()).isTrue();
        assertThat(subscriber.batches).isEmpty();
    }

    @Test
    void aLaterRequestGetsEverythingThatHadToWait() {
        mailbox.subscribe(subscriber);
        Thread reader = offerInBackground(40);
        awaitBlocked(reader);

        subscriber.subscription.request(Long.MAX_VALUE);
        await().until(() -> {
            doWork();
            return !reader.isAlive();
        });
        doWork();

        assertThat(subscriber.batches.stream().flatMap(List::stream))
                .containsExactlyElementsOf(numbers(40).toList());
    }

    @Test
    void noBatchIsLargerThanTheCapacityAndOneLine() {
        mailbox.subscribe(subscriber);
        Thread reader = offerInBackground(200);

        subscriber.subscription.request(Long.MAX_VALUE);
        await().until(() -> {
            doWork();
            return !reader.isAlive();
        });

        int most = CAPACITY / line("0").weight() + 1;
        assertThat(subscriber.batches).allSatisfy(batch -> assertThat(batch).hasSizeLessThanOrEqualTo(most));
    }

    @Test
    void aLineLargerThanTheMailboxPassesWhole() {
        mailbox.subscribe(subscriber);
        subscriber.subscription.request(Long.MAX_VALUE);

        mailbox.offer(line("x".repeat(10 * CAPACITY)));
        doWork();

        assertThat(subscriber.batches).containsExactly(List.of("x".repeat(10 * CAPACITY)));
    }

    @Test
    void theEndComesAfterTheLastLineAndNeedsNoRequest() {
        mailbox.subscribe(subscriber);
        subscriber.subscription.request(1);
        mailbox.offer(line("last"));

        mailbox.close();
        doWork();

        assertThat(subscriber.batches).containsExactly(List.of("last"));
        assertThat(subscriber.complete).isTrue();
    }

    @Test
    void theEndWaitsForTheLastLineToBeAskedFor() {
        mailbox.subscribe(subscriber);
        mailbox.offer(line("last"));

        mailbox.close();
        doWork();

        assertThat(subscriber.complete).isFalse();
    }

    @Test
    void aNewcomerAfterTheEndStillGetsEverything() {
        mailbox.offer(line("last"));
        mailbox.close();

        mailbox.subscribe(subscriber);
        subscriber.subscription.request(1);
        doWork();

        assertThat(subscriber.batches).containsExactly(List.of("last"));
        assertThat(subscriber.complete).isTrue();
    }

    @Test
    void aSilentProcessJustCompletes() {
        mailbox.close();

        mailbox.subscribe(subscriber);
        doWork();

        assertThat(subscriber.batches).isEmpty();
        assertThat(subscriber.complete).isTrue();
    }

    @Test
    void aCancelledSubscriptionSetsTheReadersFree() {
        mailbox.subscribe(subscriber);
        Thread reader = offerInBackground(1000);
        awaitBlocked(reader);

        subscriber.subscription.cancel();

        await().until(() -> !reader.isAlive());
        assertThat(mailbox.holdsLines()).isFalse();
        assertThat(subscriber.batches).isEmpty();
    }

    @Test
    void thereIsOneSubscriber() {
        mailbox.subscribe(subscriber);

        assertThatThrownBy(() -> mailbox.subscribe(new Reader())).isInstanceOf(IllegalStateException.class);
    }

    private void offerOneByOne(String... texts) {
        for (String text : texts) {
            mailbox.offer(line(text));
            doWork();
        }
    }

    private Thread offerInBackground(int count) {
        var reader = new Thread(() -> numbers(count).forEach(text -> mailbox.offer(line(text))));
        readers.add(reader);
        reader.start();
        return reader;
    }

    private static void awaitBlocked(Thread reader) {
        await().until(() -> reader.getState() == Thread.State.WAITING);
    }

    private void doWork() {
        for (Runnable next; (next = takeWork()) != null; ) {
            next.run();
        }
    }

    private Runnable takeWork() {
        synchronized (mailbox) {
            return work.poll();
        }
    }

    private static Stream<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString);
    }

    private static OutputLine line(String text) {
        return new OutputLine(OutputLine.Source.STDOUT, text, 0);
    }
}
