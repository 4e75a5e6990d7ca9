package io.agentservice.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {

    private static final int LIMIT = 100;

    private final List<OutputLine> lines = new ArrayList<>();
    private final LineReader reader = new LineReader(OutputLine.Source.STDOUT, LIMIT, lines::add);

    @Test
    void aStreamIsCutAtItsLineFeeds() throws IOException {
        read("one\ntwo\n");

        assertThat(texts()).containsExactly("one", "two");
    }

    @Test
    void whatFollowsTheLastLineFeedIsALineToo() throws IOException {
        read("one\ntwo");

        assertThat(texts()).containsExactly("one", "two");
    }

    @Test
    void anEmptyLineIsALine() throws IOException {
        read("\n\none\n");

        assertThat(texts()).containsExactly("", "", "one");
    }

    @Test
    void anEmptyStreamHasNoLines() throws IOException {
        read("");

        assertThat(lines).isEmpty();
    }

    @Test
    void aCarriageReturnBelongsToTheLine() throws IOException {
        read("one\r\n");

        assertThat(texts()).containsExactly("one\r");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void aStreamInPiecesReadsLikeAStreamAtOnce(int piece) throws IOException {
        String text = "grüße 🙂\n\nnächste\nlast";

        reader.drain(inPieces(text.getBytes(StandardCharsets.UTF_8), piece));

        assertThat(texts()).containsExactly("grüße 🙂", "", "nächste", "last");
    }

    @Test
    void aLineOfExactlyTheLimitIsWhole() throws IOException {
        read("x".repeat(LIMIT) + "\n");

        assertThat(lines).containsExactly(stdout("x".repeat(LIMIT), 0));
    }

    @Test
    void aLineOverTheLimitIsCutAndSaysByHowMuch() throws IOException {
        read("x".repeat(LIMIT + 7) + "\nnext\n");

        assertThat(lines).containsExactly(stdout("x".repeat(LIMIT), 7), stdout("next", 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 30, 99, 100, 101})
    void aLineOverTheLimitIsCutTheSameInPieces(int piece) throws IOException {
        String text = "x".repeat(3 * LIMIT) + "\nnext\n" + "y".repeat(LIMIT + 1);

        reader.drain(inPieces(text.getBytes(StandardCharsets.UTF_8), piece));

        assertThat(lines)
                .containsExactly(stdout("x".repeat(LIMIT), 2 * LIMIT), stdout("next", 0), stdout("y".repeat(LIMIT), 1));
    }

    @Test
    void bytesThatAreNoUtf8ReadAsReplacementCharacters() throws IOException {
        reader.drain(new ByteArrayInputStream(new byte[] {'a', (byte) 0xff, (byte) 0xc3, '\n', 'b', '\n'}));

        assertThat(texts()).containsExactly("a\ufffd\ufffd", "b");
    }

    @Test
    void noBytesMakeItFail() throws IOException {
        byte[] noise = new byte[200_000];
        new Random(42).nextBytes(noise);
        long lineFeeds = new String(noise, StandardCharsets.ISO_8859_1)
                .chars()
                .filter(c -> c == '\n')
                .count();

        reader.drain(new ByteArrayInputStream(noise));

        assertThat(lines).hasSizeBetween((int) lineFeeds, (int) lineFeeds + 1);
    }

    @Test
    void aStreamThatBreaksOffKeepsWhatCameBefore() {
        InputStream broken = new InputStream() {
            private final InputStream before = new ByteArrayInputStream("one\ntw".getBytes(StandardCharsets.UTF_8));

            @Override
            public int read() throws IOException {
                int next = before.read();
                if (next < 0) {
                    throw new IOException("broken");
                }
                return next;
            }
        };

        assertThatThrownBy(() -> reader.drain(broken)).hasMessage("broken");

        assertThat(texts()).containsExactly("one", "tw");
    }

    private void read(String text) throws IOException {
        reader.drain(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private List<String> texts() {
        return lines.stream().map(OutputLine::text).toList();
    }

    private static OutputLine stdout(String text, long dropped) {
        return new OutputLine(OutputLine.Source.STDOUT, text, dropped);
    }

    private static InputStream inPieces(byte[] bytes, int size) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, size));
            }
        };
    }
}
