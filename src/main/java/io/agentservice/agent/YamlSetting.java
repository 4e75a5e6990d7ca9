package io.agentservice.agent;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Something that can be said with one word or number in {@code agents.yaml}; the constant of an enum. */
interface YamlSetting {

    String name();

    /** Takes what was said, or throws an {@link IllegalArgumentException} that says what it must be. */
    Function<String, Object> parser();

    static <S extends YamlSetting> Optional<S> named(S[] settings, String yamlName) {
        return Arrays.stream(settings)
                .filter(setting -> setting.name()
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-')
                        .equals(yamlName))
                .findFirst();
    }
}
