package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptBlocksTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"do it", " /cost", "\n/cost", "-p", "!ls", "#memory", "@/etc/hostname", "a/b", "\\/cost", "／cost"
            })
    void aPromptWithoutALeadingSlashIsOneBlock(String prompt) {
        assertThat(PromptBlocks.of(prompt)).containsExactly(prompt);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/cost", "//cost", "/cost /cost", "/ /cost", "/\n/cost", "///x"})
    void aLeadingSlashIsABlockOfItsOwn(String prompt) {
        List<String> blocks = PromptBlocks.of(prompt);

        assertThat(blocks).hasSize(2);
        assertThat(blocks.get(0)).matches("/+");
        assertThat(String.join("", blocks)).isEqualTo(prompt);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "///", "/ ", "/\n", "// \t"})
    void nothingButSlashesAndBlanksGetsALineFeedBefore(String prompt) {
        assertThat(PromptBlocks.of(prompt)).containsExactly("\n" + prompt);
    }

    @RepeatedTest(50)
    void noPromptIsTakenForACommandOrChanged(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());

        for (int i = 0; i < 200; i++) {
            String prompt = random.ints(1 + random.nextInt(8), 0, 6)
                    .mapToObj(n -> List.of("/", " ", "\n", "cost", "🙂", "-").get(n))
                    .reduce("", String::concat);
            List<String> blocks = PromptBlocks.of(prompt);

            assertThat(blocks.get(blocks.size() - 1)).doesNotStartWith("/");
            assertThat(blocks).noneMatch(String::isEmpty);
            assertThat(String.join("", blocks)).isIn(prompt, "\n" + prompt);
            if (!prompt.replace("/", "").isBlank()) {
                assertThat(String.join("", blocks)).isEqualTo(prompt);
            }
        }
    }
}
