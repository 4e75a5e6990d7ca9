package io.agentservice.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentservice.process.child.Flood;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessOutputTest {

    private static final int MEGABYTE = 1 << 20;
    private static final int MAILBOX_BYTES = 8 * MEGABYTE;

    @TempDir
    Path directory;

    private Children children;

    @BeforeEach
    void start() {
        children = new Children(directory);
    }

    @AfterEach
    void endChildren() {
        children.close();
    }

    @Test
    void everyByteOfAHundredMegabytesArrivesInOrder() throws Exception {
        int width = 128;
        int count = 100 * MEGABYTE / width;
        var counted = new Count();

        RunningProcess process = children.java(Flood.class, Integer.toString(count), Integer.toString(width));
        process.lines().invoke(counted::add).collect().last().await().atMost(Transcript.PATIENCE);

        assertThat(counted.bytes).isEqualTo(100L * MEGABYTE);
        assertThat(counted.lines).isEqualTo(count);
        assertThat(counted.inOrder).isTrue();
        assertThat(counted.heaviestBatch).isLessThan(MAILBOX_BYTES + 2 * width);
        assertThat(process.exit().await().atMost(Transcript.PATIENCE)).isEqualTo(new ProcessExit(0, 0));
    }

    /** What a {@link Flood} has sent; it keeps none of it. */
    private static final class Count {
        private long bytes;
        private int lines;
        private boolean inOrder = true;
        private long heaviestBatch;

        void add(List<OutputLine> batch) {
            long weight = 0;
            for (OutputLine line : batch) {
                inOrder &= line.text().startsWith(lines + ".") && line.droppedBytes() == 0;
                lines++;
                bytes += line.text().length() + 1;
                weight += line.weight();
            }
            heaviestBatch = Math.max(heaviestBatch, weight);
        }
    }

    @Test
    void aLineOfTwentyMegabytesArrivesWhole() throws Exception {
        var transcript = Transcript.of(children.sh("head -c 20971520 /dev/zero | tr '\\0' x; echo; echo next"));

        transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactly("x".repeat(20 * MEGABYTE), "next");
    }

    @Test
    void aLineOverTheLimitIsCutAndTheNextIsIntact() throws Exception {
        var transcript = Transcript.of(children.start(
                Sandbox.NONE,
                MEGABYTE,
                List.of("sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x; echo; echo next")));

        transcript.awaitExit();

        assertThat(transcript.lines())
                .containsExactly(
                        new OutputLine(OutputLine.Source.STDOUT, "x".repeat(MEGABYTE), 3_000_000 - MEGABYTE),
                        new OutputLine(OutputLine.Source.STDOUT, "next", 0));
    }

    @Test
    void bytesThatAreNoUtf8DoNotBreakTheStream() throws Exception {
        var transcript = Transcript.of(children.sh("printf 'a\\377\\303(\\nnext\\n'"));

        transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactly("a\ufffd\ufffd(", "next");
    }

    @Test
    void aCharacterInTwoWritesArrivesWhole() throws Exception {
        var transcript = Transcript.of(children.sh("printf 'gr\\303'; printf '\\274\\303\\237e\\n'"));

        transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactly("grüße");
    }

    @Test
    void theLastLineNeedsNoLineFeed() throws Exception {
        var transcript = Transcript.of(children.sh("printf 'one\\ntwo'"));

        transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactly("one", "two");
    }

    @Test
    void aLineIsThereBeforeTheNextIsWritten() throws Exception {
        RunningProcess process = children.sh("echo first; read answer; echo \"got $answer\"");
        var transcript = Transcript.of(process);

        transcript.awaitLine("first");
        process.send("it");
        transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactly("first", "got it");
    }

    @Test
    void aFloodOnStderrDoesNotHoldUpAQuietStdout() throws Exception {
        var transcript = Transcript.of(children.sh("yes stderr | head -n 300000 >&2; echo quiet"));

        transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactly("quiet");
        assertThat(transcript.stderr()).hasSize(300_000).containsOnly("stderr");
    }

    @Test
    void bothStreamsKeepTheirOwnOrder() throws Exception {
        var transcript = Transcript.of(
                children.sh("i=0; while [ $i -lt 2000 ]; do echo \"out $i\"; echo \"err $i\" >&2; i=$((i + 1)); done"));

        transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactlyElementsOf(numbered("out "));
        assertThat(transcript.stderr()).containsExactlyElementsOf(numbered("err "));
    }

    private static List<String> numbered(String prefix) {
        return IntStream.range(0, 2000).mapToObj(i -> prefix + i).toList();
    }

    @Test
    void aProcessThatSaysNothingHasNoLines() throws Exception {
        var transcript = Transcript.of(children.sh("exit 0"));

        ProcessExit exit = transcript.awaitExit();

        assertThat(transcript.lines()).isEmpty();
        assertThat(exit).isEqualTo(new ProcessExit(0, 0));
    }

    @Test
    void linesAreKeptForASubscriberThatComesAfterTheEnd() throws Exception {
        RunningProcess process = children.sh("echo early");
        process.exit().await().atMost(Transcript.PATIENCE);

        var transcript = Transcript.of(process);
        transcript.awaitExit();

        assertThat(transcript.stdout()).containsExactly("early");
    }

    @Test
    void aProcessWaitsForASubscriberThatAsksForNothing() throws Exception {
        var subscriber = AssertSubscriber.<List<OutputLine>>create(0);
        RunningProcess process = children.sh("yes 0123456789 | head -n 3000000; : > finished");
        process.lines().subscribe().withSubscriber(subscriber);

        awaitReaderBlocked();

        assertThat(process.isAlive()).isTrue();
        assertThat(directory.resolve("finished")).doesNotExist();
        subscriber.assertHasNotReceivedAnyItem();
    }

    @Test
    void aLateRequestGetsEverything() throws Exception {
        var subscriber = AssertSubscriber.<List<OutputLine>>create(0);
        RunningProcess process = children.sh("yes 0123456789 | head -n 1000000; echo last");
        process.lines().subscribe().withSubscriber(subscriber);
        awaitReaderBlocked();

        subscriber.request(Long.MAX_VALUE);
        subscriber.awaitCompletion(Transcript.PATIENCE);

        List<OutputLine> lines =
                subscriber.getItems().stream().flatMap(List::stream).toList();
        assertThat(lines).hasSize(1_000_001);
        assertThat(lines.get(1_000_000).text()).isEqualTo("last");
    }

    /** Waits until a reader waits for room in the mailbox. */
    private static void awaitReaderBlocked() {
        await().atMost(Transcript.PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Thread.getAllStackTraces().values().stream()
                        .flatMap(Arrays::stream)
                        .anyMatch(frame -> frame.getMethodName().equals("awaitRoom")));
    }

    @Test
    void aSlowSubscriberIsGivenLargerBatchesAndNoFewerLines() throws Exception {
        var subscriber = AssertSubscriber.<List<OutputLine>>create(1);
        RunningProcess process = children.sh("yes 0123456789 | head -n 1000000");
        process.lines().subscribe().withSubscriber(subscriber);
        awaitReaderBlocked();

        subscriber.request(1);
        await().atMost(Transcript.PATIENCE).until(() -> subscriber.getItems().size() == 2);

        assertThat(subscriber.getItems().get(1).size()).isGreaterThan(50_000);
        assertThat(subscriber.getItems())
                .allSatisfy(batch -> assertThat(
                                batch.stream().mapToLong(OutputLine::weight).sum())
                        .isLessThan(MAILBOX_BYTES + MEGABYTE));
    }

    @Test
    void aProcessGoesOnToItsEndWhenItsSubscriberLeaves() throws Exception {
        var subscriber = AssertSubscriber.<List<OutputLine>>create(1);
        RunningProcess process =
                children.sh("echo first; yes 0123456789 | head -n 3000000; yes | head -n 100000 >&2; : > finished");
        process.lines().subscribe().withSubscriber(subscriber);
        subscriber.awaitItems(1, Transcript.PATIENCE);

        subscriber.cancel();
        ProcessExit exit = process.exit().await().atMost(Transcript.PATIENCE);

        assertThat(exit).isEqualTo(new ProcessExit(0, 0));
        assertThat(Files.exists(directory.resolve("finished"))).isTrue();
    }
}
