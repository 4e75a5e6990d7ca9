package io.agentservice.agent;

import java.util.regex.Pattern;

/** The name of an agent as its front matter gives it. */
public record AgentName(String value) {

    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final String FOLDER = ".claude/agents/";
    private static final String SUFFIX = ".md";

    /** @throws IllegalArgumentException if {@code value} cannot be an agent's name */
    public AgentName {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "an agent's name has letters, digits, '.', '_' and '-', at most 128, and begins with a letter or digit");
        }
    }

    /**
     * The name in what callers send: {@code issue-responder}, {@code .claude/agents/issue-responder} or either with
     * {@code .md}. The CLI itself refuses a path.
     *
     * @throws IllegalArgumentException if there is no name in it
     */
    public static AgentName parse(String sent) {
        String name = sent.strip();
        name = name.startsWith("./") ? name.substring(2) : name;
        name = name.startsWith(FOLDER) ? name.substring(FOLDER.length()) : name;
        name = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
        return new AgentName(name);
    }

    @Override
    public String toString() {
        return value;
    }
}
