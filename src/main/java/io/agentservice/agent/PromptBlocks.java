package io.agentservice.agent;

import java.util.List;

/**
 * Splits a prompt so that the CLI takes it for plain text.
 *
 * <p>The CLI runs a <em>last</em> text block that begins with {@code /} as a local command. Cut behind its leading
 * slashes, the prompt reaches the model as the same characters in two blocks, and nothing is run (measured with
 * 2.1.330).
 */
final class PromptBlocks {

    private PromptBlocks() {}

    /** Blocks whose texts, joined, are the prompt; a prompt of nothing but slashes and blanks gets a line feed before. */
    static List<String> of(String prompt) {
        int slashes = 0;
        while (slashes < prompt.length() && prompt.charAt(slashes) == '/') {
            slashes++;
        }
        if (slashes == 0) {
            return List.of(prompt);
        }
        String rest = prompt.substring(slashes);
        return rest.isBlank() ? List.of("\n" + prompt) : List.of(prompt.substring(0, slashes), rest);
    }
}
