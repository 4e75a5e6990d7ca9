package io.agentservice.secrets;

/**
 * A credential for the model's API.
 *
 * @param name what the operator calls it
 * @param variable the one in which the CLI expects it
 */
public record ClaudeCredential(String name, String variable, String value) {

    static final String API_KEY = "ANTHROPIC_API_KEY";
    static final String OAUTH_TOKEN = "CLAUDE_CODE_OAUTH_TOKEN";

    @Override
    public String toString() {
        return "ClaudeCredential[" + name + "]";
    }
}
