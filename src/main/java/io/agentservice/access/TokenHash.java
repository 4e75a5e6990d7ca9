package io.agentservice.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The SHA-256 of a token. All that is kept of it. */
final class TokenHash {

    private static final String PREFIX = "sha256:";
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{64}");

    private final byte[] sha256;

    private TokenHash(byte[] sha256) {
        this.sha256 = sha256;
    }

    /** @param token as a caller sends it */
    static TokenHash of(String token) {
        try {
            return new TokenHash(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /**
     * @param written the token, or {@code sha256:} and its hash in hex
     * @throws IllegalArgumentException if it is empty or no such hash; the message does not repeat it
     */
    static TokenHash parse(String written) {
        String value = written.strip();
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a value is empty");
        }
        if (!value.startsWith(PREFIX)) {
            return of(value);
        }
        String hex = value.substring(PREFIX.length());
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("after 'sha256:' come 64 hex digits");
        }
        return new TokenHash(HexFormat.of().parseHex(hex));
    }

    /** In the same time, however much of them is the same. */
    boolean isSame(TokenHash other) {
        return MessageDigest.isEqual(sha256, other.sha256);
    }

    /** Not for deciding whether a caller may come in: that is {@link #isSame}. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TokenHash hash && isSame(hash);
    }

    @Override
    public int hashCode() {
        return sha256[0];
    }

    @Override
    public String toString() {
        return "a token's hash";
    }
}
