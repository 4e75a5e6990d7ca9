package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TerminalTextTest {

    @Test
    void whatATerminalObeysIsNotThere() {
        assertThat(TerminalText.clean("a\u001b[31mred\u001b[0m b")).isEqualTo("ared b");
        assertThat(TerminalText.clean("a\u009b31mred")).isEqualTo("ared");
        assertThat(TerminalText.clean("a\u001b]0;title\u0007b\u001b]8;;http://x\u001b\\link"))
                .isEqualTo("ablink");
        assertThat(TerminalText.clean("a\u001bPq#0\u001b\\b\u009d0;title\u009cc"))
                .isEqualTo("abc");
        assertThat(TerminalText.clean("a\u001bcb\u001b7c\u001b(0d")).isEqualTo("abcd");
        assertThat(TerminalText.clean("a\bb\u0007c\u0000d\u007fe\u000bf")).isEqualTo("abcdef");
        assertThat(TerminalText.clean("a\r\nb\rc\u0085d\u2028e\tf")).isEqualTo("a\nb\nc\nd\ne  f");
        assertThat(TerminalText.clean("\u202egnol\u202c \u2066x\u2069 \u200fy \u061cz \ufeffw \udb40\udc41v"))
                .isEqualTo("gnol x y z w v");
        assertThat(TerminalText.clean("half \ud83d\ude80 \ud83d")).isEqualTo("half \ud83d\ude80 ");
    }

    @Test
    void noTextHoweverItIsMadeLeavesAControlCharacter() {
        var random = new Random(7);
        String bits = "\u001b[]Pm;0\u0007\u009b\u009c\\\r\n\t\u202eab\u0000\u0085";
        for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(30); n > 0; n--) {
                text.append(bits.charAt(random.nextInt(bits.length())));
            }
            String one = text.substring(0, text.length() / 2);

            assertThat(TerminalText.clean(text.toString()) + TerminalText.clean(one))
                    .matches("[^\\p{Cc}\\p{Cf}]*|[^\\p{Cc}\\p{Cf}\\n]*(\\n[^\\p{Cc}\\p{Cf}\\n]*)*");
        }
    }

    @Test
    void theFirstLinesSayHowManyFollow() {
        assertThat(TerminalText.firstLines("a\nb\nc", 3)).containsExactly("a", "b", "c");
        assertThat(TerminalText.firstLines("a\nb\nc\nd", 3))
                .as("one more is no longer than saying so")
                .hasSize(4);
        assertThat(TerminalText.firstLines("a\nb  \nc\nd\ne\n", 3)).containsExactly("a", "b", "c", "… 2 more lines");
        assertThat(TerminalText.firstLines("x\n".repeat(1_000_000), 2))
                .containsExactly("x", "x", "… 999,998 more lines");
        assertThat(TerminalText.firstLines("", 2)).isEmpty();
    }

    @Test
    void columnsAreCountedAsTerminalsDo() {
        assertThat(TerminalText.width("ab\u00e9e\u0301")).isEqualTo(4);
        assertThat(TerminalText.width("\u6f22\u5b57 \ud83d\ude80")).isEqualTo(7);
        assertThat(TerminalText.cut("\u6f22\u5b57\u6f22\u5b57", 5)).isEqualTo("\u6f22\u5b57…");
        assertThat(TerminalText.cut("exact", 5)).isEqualTo("exact");
    }

    @Test
    void oneLineIsTheFirstThatSaysSomething() {
        assertThat(TerminalText.oneLine("\n  \n  one\ntwo")).isEqualTo("one …");
        assertThat(TerminalText.oneLine(" ")).isEmpty();
    }
}
