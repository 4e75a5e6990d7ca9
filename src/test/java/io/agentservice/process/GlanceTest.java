package io.agentservice.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smallrye.mutiny.TimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GlanceTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final AtomicInteger asked = new AtomicInteger();

    private static <T> T answer(Glance<T> glance) {
        return glance.answer().await().atMost(Duration.ofSeconds(10));
    }

    @Test
    void whoeverAsksSoonAfterHasTheSameAnswer() {
        var glance = new Glance<>(asked::incrementAndGet, LONG, LONG);

        assertThat(answer(glance)).isEqualTo(1);
        assertThat(answer(glance)).isEqualTo(1);
        assertThat(glance.last()).contains(1);
    }

    @Test
    void anAnswerThatIsOldIsAskedForAgain() {
        var glance = new Glance<>(asked::incrementAndGet, Duration.ZERO, LONG);

        assertThat(answer(glance)).isEqualTo(1);
        assertThat(answer(glance)).isEqualTo(2);
    }

    @Test
    void aFailureIsAnAnswerToo() {
        var glance = new Glance<>(
                () -> {
                    asked.incrementAndGet();
                    throw new IllegalStateException("no");
                },
                LONG,
                LONG);

        assertThatThrownBy(() -> answer(glance)).hasMessage("no");
        assertThatThrownBy(() -> answer(glance)).hasMessage("no");
        assertThat(asked).hasValue(1);
        assertThat(glance.last()).isEmpty();
    }

    /** As a disk would. */
    @Test
    void whatHangsHoldsOneThreadHoweverOftenItIsAsked() throws Exception {
        var end = new CountDownLatch(1);
        var glance = new Glance<>(
                () -> {
                    asked.incrementAndGet();
                    return waitFor(end);
                },
                Duration.ZERO,
                SHORT);

        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> answer(glance)).isInstanceOf(TimeoutException.class);
            assertThat(glance.last()).isEmpty();
        }
        assertThat(asked).hasValue(1);

        end.countDown();
        await().until(() -> glance.last().isPresent());
        assertThat(glance.last()).contains(true);
    }

    private static boolean waitFor(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
