package io.agentservice.secrets;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A field of a secret in Vault, written {@code mount/path#field}.
 *
 * @param mount where the engine is mounted: one word
 */
public record SecretRef(String mount, String path, String field) {

    private static final Pattern SHAPE = Pattern.compile("([\\w.-]+)/([\\w.-]+(?:/[\\w.-]+)*)#([\\w.-]+)");

    /** @throws IllegalArgumentException that says what it must be */
    public static SecretRef parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches() || text.contains("..")) {
            throw new IllegalArgumentException("must be a secret such as secret/ci#github_pat");
        }
        return new SecretRef(matcher.group(1), matcher.group(2), matcher.group(3));
    }

    String secret() {
        return mount + "/" + path;
    }

    @Override
    public String toString() {
        return secret() + "#" + field;
    }
}
