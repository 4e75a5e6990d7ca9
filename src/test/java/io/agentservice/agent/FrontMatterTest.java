package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is an agent and what is none was put to the real CLI (2.1.330), which takes and leaves the same files. */
class FrontMatterTest {

    @Test
    void anAgentHasANameADescriptionAModelAndTools() throws Exception {
        var agent = FrontMatter.parse("""
                ---
                name: helper
                description: Helps.
                model: sonnet
                tools: Read, Grep ,Bash
                color: blue
                ---
                You help.
                """);

        assertThat(agent)
                .contains(new AgentDefinition(
                        new AgentName("helper"), "Helps.", Optional.of("sonnet"), List.of("Read", "Grep", "Bash")));
    }

    @Test
    void toolsMayBeAList() throws Exception {
        var agent = parse("tools:\n  - Read\n  - Bash");

        assertThat(agent.tools()).containsExactly("Read", "Bash");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tools:", "tools: \"\"", "tools: []", "tools: ','", "color: red"})
    void noToolsMeansAll(String line) throws Exception {
        assertThat(parse(line).tools()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"model: inherit", "model: \"\"", "model:", "color: red"})
    void aModelThatIsInheritedIsNone(String line) throws Exception {
        assertThat(parse(line).model()).isEmpty();
    }

    @Test
    void linesMayEndAsOnWindows() throws Exception {
        var agent = FrontMatter.parse("---\r\nname: helper\r\ndescription: Helps.\r\ntools: Read\r\n---\r\nbody\r\n");

        assertThat(agent)
                .contains(new AgentDefinition(new AgentName("helper"), "Helps.", Optional.empty(), List.of("Read")));
    }

    @Test
    void aByteOrderMarkDoesNotHideAnAgent() throws Exception {
        assertThat(FrontMatter.parse("\ufeff---\nname: helper\ndescription: d\n---\n"))
                .isPresent();
    }

    @Test
    void theBodyMayBeMissing() throws Exception {
        assertThat(FrontMatter.parse("---\nname: helper\ndescription: d\n---")).isPresent();
    }

    @Test
    void fencesMayHaveBlanksBehindThem() throws Exception {
        assertThat(FrontMatter.parse("--- \nname: helper\ndescription: d\n--- \nbody"))
                .isPresent();
    }

    @Test
    void theFrontMatterEndsAtTheNextThreeDashes() throws Exception {
        var agent = FrontMatter.parse("---\nname: helper\ndescription: one --- two\nmodel: sonnet\n---\n");

        assertThat(agent.orElseThrow().description()).isEqualTo("one");
        assertThat(agent.orElseThrow().model()).isEmpty();
    }

    @Test
    void dashesInTheBodyAreTheBodys() throws Exception {
        var agent = FrontMatter.parse("---\nname: helper\ndescription: d\n---\nbody\n---\nname: other\n---\n");

        assertThat(agent.orElseThrow().name()).isEqualTo(new AgentName("helper"));
    }

    @Test
    void ofTwoEntriesWithOneKeyTheLastCounts() throws Exception {
        assertThat(parse("description: second").description()).isEqualTo("second");
    }

    @Test
    void aDescriptionMayHaveSeveralLines() throws Exception {
        assertThat(parse("description: |\n  one\n  two: three").description()).isEqualTo("one\ntwo: three");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Use when: a \"quoted\" thing. Examples: <example>user: \"hi\"</example>",
                "it's: that's",
                "*all* things",
                "@all things",
                "%d things",
                "`code` first",
                "\"a\" b: c",
                "[beta] a: b"
            })
    void aDescriptionNeedsNoQuotes(String description) throws Exception {
        var agent = parse("description: " + description + "\ntools: [Read, Bash]\nmodel: opus");

        assertThat(agent.description()).isEqualTo(description);
        assertThat(agent.tools()).containsExactly("Read", "Bash");
        assertThat(agent.model()).contains("opus");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no front matter",
                "# Title\n---\nname: helper\ndescription: d\n---\n",
                "\n---\nname: helper\ndescription: d\n---\n",
                "----\nname: helper\ndescription: d\n----\n",
                "---\nname: helper\ndescription: d\n",
                "---\n---\n",
                "---\n# only a comment\n---\n",
                "---\n- a\n- list\n---\n",
                "---\njust words\n---\n",
                "---\ndescription: no name\n---\n",
                "---\nname:\ndescription: d\n---\n",
                "---\nname: 123\ndescription: d\n---\n",
                "---\nname: [helper]\ndescription: d\n---\n",
                "---\nname: helper\n---\n",
                "---\nname: helper\ndescription: \"\"\n---\n",
                "---\nname: helper\ndescription: 12\n---\n",
                "---\nname: helper\ndescription: [a, b]\n---\n"
            })
    void whatIsNoAgentToTheCliIsNone(String markdown) throws Exception {
        assertThat(FrontMatter.parse(markdown)).isEmpty();
    }

    /** The CLI knows these, but no job could name them. */
    @ParameterizedTest
    @ValueSource(strings = {"two words", "team/helper", "../helper"})
    void anAgentThatNoCallerCouldNameIsNone(String name) throws Exception {
        assertThat(FrontMatter.parse("---\nname: %s\ndescription: d\n---\n".formatted(name)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "description: foo: bar\nsecond line",
                "description: foo: bar\n  indented: more",
                "\tdescription: d",
                "foo bar: y: z",
                "description: \"open"
            })
    void whatIsNotYamlAtAllIsAnError(String line) {
        assertThatThrownBy(() -> parse(line)).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void aFrontMatterNestedWithoutEndIsAnErrorAndNoMore() {
        assertThatThrownBy(() -> parse("x: " + "[".repeat(100_000) + "\ny:\n" + "- ".repeat(100_000)))
                .isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void aMegabyteWithoutAClosingFenceIsReadOnce() throws Exception {
        assertThat(FrontMatter.parse("---\n" + "- -- -".repeat(170_000))).isEmpty();
    }

    private static AgentDefinition parse(String lines) throws JsonProcessingException {
        return FrontMatter.parse("---\nname: helper\ndescription: d\n" + lines + "\n---\nbody\n")
                .orElseThrow();
    }
}
