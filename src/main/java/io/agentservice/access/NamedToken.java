package io.agentservice.access;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A token as its source tells it: what it allows, and its values, of which each is as good as the other. */
public final class NamedToken {

    /** The same letters as in agents' names, so that none looks like a service account. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final Grant grant;
    private final List<TokenHash> hashes;

    private NamedToken(Grant grant, List<TokenHash> hashes) {
        this.grant = grant;
        this.hashes = List.copyOf(hashes);
    }

    /**
     * @param values each the token itself, or {@code sha256:} and the hash of it in hex
     * @throws IllegalArgumentException if the name or a value cannot be one; the message does not repeat a value
     */
    public static NamedToken of(Grant grant, List<String> values) {
        if (!NAME.matcher(grant.name()).matches()) {
            throw new IllegalArgumentException(
                    "a token's name has up to 64 of A-Z a-z 0-9 . _ - and begins with a letter or a digit");
        }
        if (values.isEmpty()) {
            throw new IllegalArgumentException("the token '%s' has no value".formatted(grant.name()));
        }
        List<TokenHash> hashes = new ArrayList<>();
        for (String value : values) {
            try {
                hashes.add(TokenHash.parse(value));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("the token '%s': %s".formatted(grant.name(), e.getMessage()), e);
            }
        }
        return new NamedToken(grant, hashes);
    }

    Grant grant() {
        return grant;
    }

    List<TokenHash> hashes() {
        return hashes;
    }

    @Override
    public String toString() {
        return "token '%s'".formatted(grant.name());
    }
}
