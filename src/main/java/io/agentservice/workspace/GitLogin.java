package io.agentservice.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/** What proves to a git server who we are. Neither shape prints its secret. */
sealed interface GitLogin {

    /** For a git of our own: what it needs is in its environment and in no file. */
    GitSettings forUs(Remote remote);

    /**
     * For the git of a job: what it needs is in files of the run's home.
     *
     * @param folder a private folder of the run
     */
    GitSettings forJob(Remote remote, Path folder) throws IOException;

    /** The words that may appear nowhere. */
    String redacted(String text);

    /** A name and a token for HTTP. */
    record Token(String username, String token) implements GitLogin {

        private static final String NAME_VARIABLE = "AGENT_SERVICE_GIT_USERNAME";
        private static final String TOKEN_VARIABLE = "AGENT_SERVICE_GIT_TOKEN";
        /** Shown to the one host only: git asks the helper of no other. */
        private static final String FROM_ENVIRONMENT =
                "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n'" + " \"$" + NAME_VARIABLE + "\" \"$"
                        + TOKEN_VARIABLE + "\"; }; f";

        /** @throws IllegalArgumentException if git's protocol for helpers could not carry it */
        public Token {
            if ((username + token).chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("a git credential has no line breaks");
            }
        }

        @Override
        public GitSettings forUs(Remote remote) {
            return remote.host()
                    .map(host -> GitSettings.NONE
                            .with("credential.%s.helper".formatted(host), FROM_ENVIRONMENT)
                            .withVariable(NAME_VARIABLE, username)
                            .withVariable(TOKEN_VARIABLE, token))
                    .orElse(GitSettings.NONE);
        }

        @Override
        public GitSettings forJob(Remote remote, Path folder) throws IOException {
            if (remote.host().isEmpty()) {
                return GitSettings.NONE;
            }
            Path answer = Folders.privateFile(
                    folder.resolve("credential"), "username=%s\npassword=%s\n".formatted(username, token));
            String helper = "!f() { test \"$1\" = get && cat %s; }; f".formatted(GitSettings.shellWord(answer));
            return GitSettings.NONE.with(
                    "credential.%s.helper".formatted(remote.host().get()), helper);
        }

        @Override
        public String redacted(String text) {
            return token.isEmpty() ? text.replace(username, "***") : text.replace(token, "***");
        }

        @Override
        public String toString() {
            return "Token[" + username + "]";
        }
    }

    /** A name and a token for HTTP that is read when it is needed, and not where it is only known to be there. */
    record OfVault(String username, Supplier<String> token) implements GitLogin {

        @Override
        public GitSettings forUs(Remote remote) {
            return now().forUs(remote);
        }

        @Override
        public GitSettings forJob(Remote remote, Path folder) throws IOException {
            return now().forJob(remote, folder);
        }

        private Token now() {
            return new Token(username, token.get());
        }

        /** Git shows no token that a helper gave it. */
        @Override
        public String redacted(String text) {
            return text;
        }

        @Override
        public String toString() {
            return "OfVault[" + username + "]";
        }
    }

    /** A key for SSH, and the only hosts that are trusted with it. */
    record SshKey(Path key, Path knownHosts) implements GitLogin {

        @Override
        public GitSettings forUs(Remote remote) {
            return GitSettings.NONE.withVariable("GIT_SSH_COMMAND", command(key, knownHosts));
        }

        @Override
        public GitSettings forJob(Remote remote, Path folder) throws IOException {
            Path ownKey = Folders.privateFile(folder.resolve("id"), Files.readString(key));
            Path ownHosts = Folders.privateFile(folder.resolve("known_hosts"), Files.readString(knownHosts));
            Files.setPosixFilePermissions(ownKey, PosixFilePermissions.fromString("r--------"));
            return GitSettings.NONE.with("core.sshCommand", command(ownKey, ownHosts));
        }

        private static String command(Path key, Path knownHosts) {
            return "ssh -F /dev/null -i %s -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes"
                            .formatted(GitSettings.shellWord(key))
                    + " -o GlobalKnownHostsFile=/dev/null -o UpdateHostKeys=no -o UserKnownHostsFile=%s"
                            .formatted(GitSettings.shellWord(knownHosts));
        }

        @Override
        public String redacted(String text) {
            return text;
        }
    }
}
