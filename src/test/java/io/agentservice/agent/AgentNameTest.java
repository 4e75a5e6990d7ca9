package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentNameTest {

    @ParameterizedTest
    @CsvSource({
        "issue-responder, issue-responder",
        "issue-responder.md, issue-responder",
        ".claude/agents/issue-responder, issue-responder",
        ".claude/agents/issue-responder.md, issue-responder",
        "./.claude/agents/issue-responder.md, issue-responder",
        "./issue-responder, issue-responder",
        "'  issue-responder\n', issue-responder",
        "Team.Helper_2, Team.Helper_2",
        "7, 7",
        "a..b, a..b",
        "x.md.md, x.md"
    })
    void theNameInWhatPipelinesSendIsFound(String sent, String name) {
        assertThat(AgentName.parse(sent)).isEqualTo(new AgentName(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                ".md",
                "..",
                ".hidden",
                "-p",
                "--dangerously-skip-permissions",
                "../issue-responder",
                ".claude/agents/",
                ".claude/agents/.md",
                ".claude/agents/../../etc/passwd",
                ".claude/agents/team/issue-responder",
                ".claude/agents//issue-responder",
                "/workspace/.claude/agents/issue-responder",
                "/etc/passwd",
                "a/b",
                "a\\b",
                "a b",
                "a\nb",
                "a\0b",
                "ä",
                "агент",
                "а", // the Cyrillic letter
                "a\u200bb",
                "x\u202e",
                "${HOME}",
                "a;b"
            })
    void whatHasNoNameInItIsRefused(String sent) {
        assertThatThrownBy(() -> AgentName.parse(sent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("an agent's name has letters");
    }

    @Test
    void aNameHasAtMost128Characters() {
        assertThat(AgentName.parse("a".repeat(128)).value()).hasSize(128);
        assertThatThrownBy(() -> AgentName.parse("a".repeat(129))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNamePrintsAsItself() {
        assertThat(new AgentName("helper")).hasToString("helper");
    }
}
