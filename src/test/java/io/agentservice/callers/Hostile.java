package io.agentservice.callers;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Titles as somebody might give an issue who means no good. */
final class Hostile {

    private Hostile() {}

    static List<String> texts() {
        return List.of(
                "it's \"down\" `id` $(touch /tmp/pwned) ${HOME} $HOME ; rm -rf / && echo | cat > x \\",
                "first\nsecond\r\n\n::set-output name=x::y\n---\n- a: &b [*b]\ntab\tend",
                "🔥🇩🇪 ünïcode \u202egnp.exe \u0001\u001b[2J",
                "\", \"agent\": \"other\", \"x\": \"{{ secrets.TOKEN }} ${{ github.token }} ={{ $env.X }} %s %n",
                "--help",
                "y".repeat(64 * 1024 - 3) + "€");
    }

    /** All strings in a piece of JSON. */
    static Stream<String> textsIn(Object json) {
        if (json instanceof Map<?, ?> map) {
            return map.values().stream().flatMap(Hostile::textsIn);
        }
        if (json instanceof List<?> list) {
            return list.stream().flatMap(Hostile::textsIn);
        }
        return json instanceof String text ? Stream.of(text) : Stream.empty();
    }
}
