package io.agentservice.agent;

import io.agentservice.workspace.WorkspaceMode;
import io.agentservice.workspace.WorkspacePolicy.Person;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** What can be said of a workspace with one word or number. */
enum WorkspaceSetting {
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

    static Optional<WorkspaceSetting> named(String yamlName) {
        return Arrays.stream(values())
                .filter(setting -> setting.yamlName().equals(yamlName))
                .findFirst();
    }

    String yamlName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException that says what it must be */
    Object parse(String text) {
        return parser.apply(text);
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
