package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StderrTailTest {

    private static final int BOUND = 8 * 1024;

    private final StderrTail tail = new StderrTail();

    @Test
    void nothingSaidIsEmpty() {
        assertThat(tail.text()).isEmpty();
    }

    @Test
    void linesAreKeptInOrder() {
        tail.add("one");
        tail.add("");
        tail.add("two");

        assertThat(tail.text()).isEqualTo("one\n\ntwo");
    }

    @Test
    void ofManyLinesTheLastAreKept() {
        for (int i = 0; i < 100_000; i++) {
            tail.add("line " + i);
        }

        assertThat(tail.text()).hasSizeBetween(BOUND - 20, BOUND).endsWith("line 99998\nline 99999");
        assertThat(tail.text()).startsWith("line ");
    }

    @Test
    void ofALongLineTheEndIsKept() {
        tail.add("early");
        tail.add("x".repeat(10 * BOUND) + "end");

        assertThat(tail.text()).hasSize(BOUND).endsWith("xend").doesNotContain("early");
    }

    @Test
    void aLineOfExactlyTheBoundIsWhole() {
        tail.add("a" + "x".repeat(BOUND - 1));

        assertThat(tail.text()).hasSize(BOUND).startsWith("ax");
    }

    @Test
    void aMillionEmptyLinesStayWithinTheBound() {
        for (int i = 0; i < 1_000_000; i++) {
            tail.add("");
        }

        assertThat(tail.text()).hasSizeLessThanOrEqualTo(BOUND);
    }

    @Test
    void aCharacterOfTwoHalvesIsNotCutInTwo() {
        tail.add("🙂".repeat(BOUND) + "!");

        assertThat(tail.text()).isEqualTo("🙂".repeat(BOUND / 2 - 1) + "!");
    }
}
