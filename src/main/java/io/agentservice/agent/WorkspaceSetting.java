package io.agentservice.agent;

import io.agentservice.workspace.WorkspaceMode;
import io.agentservice.workspace.WorkspacePolicy.Person;
import java.util.function.Function;

/** What can be said of a workspace with one word or number. */
enum WorkspaceSetting implements YamlSetting {
    MODE(text -> AgentSetting.oneOf(WorkspaceMode.values(), text)),
    SHARED(WorkspaceSetting::flag),
    REPOSITORY(text -> text),
    AUTHOR(Person::parse),
    COMMITTER(Person::parse),
    KEEP_ON_FAILURE(Durations::parse),
    KEEP_UNPUSHED(WorkspaceSetting::flag),
    MAX_BYTES(WorkspaceSetting::bytes);

    private final Function<String, Object> parser;

    WorkspaceSetting(Function<String, Object> parser) {
        this.parser = parser;
    }

    @Override
    public Function<String, Object> parser() {
        return parser;
    }

    static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }

    private static long bytes(String text) {
        if (!text.matches("\\d{1,15}") || Long.parseLong(text) == 0) {
            throw new IllegalArgumentException("must be a number of bytes");
        }
        return Long.parseLong(text);
    }
}
