package io.agentservice.workspace;

import io.agentservice.workspace.WorkspacePolicy.Content;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A repository that jobs can work on.
 *
 * @param branch the branch for jobs that ask for no other; empty means the one that the remote's HEAD names
 * @param seed a repository on this machine that holds much of it already
 */
record Repository(
        String name,
        Remote remote,
        Optional<GitLogin> login,
        Optional<String> branch,
        Optional<Path> seed,
        Content content) {

    /** The name of its mirror: another remote is another mirror, whatever it is called. */
    String key() {
        return name + "-" + digest(remote.url()).substring(0, 12);
    }

    GitSettings settings() {
        return login.map(secret -> secret.forUs(remote)).orElse(GitSettings.NONE);
    }

    String redacted(String text) {
        return login.map(secret -> secret.redacted(text)).orElse(text);
    }

    private static String digest(String text) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
