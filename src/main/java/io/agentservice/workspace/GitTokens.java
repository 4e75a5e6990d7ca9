package io.agentservice.workspace;

import io.agentservice.secrets.KnownSecrets;
import io.agentservice.secrets.Redactor;
import io.agentservice.secrets.SecretReader;
import io.agentservice.secrets.SecretRef;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;

/** The tokens that fetch and push: where they are, and that none of them comes out again. */
@Singleton
class GitTokens {

    private final SecretReader vault;
    private final KnownSecrets known;
    private final Redactor redactor;

    GitTokens(SecretReader vault, KnownSecrets known) {
        this.vault = vault;
        this.known = known;
        this.redactor = new Redactor(known);
    }

    /** @throws WorkspaceException if the credential is not what it must be */
    GitLogin login(String name, WorkspaceConfig.Credential credential) throws WorkspaceException {
        if (credential.tokenVault().isPresent()) {
            SecretRef ref = SecretRef.parse(credential.tokenVault().get());
            return new GitLogin.OfVault(credential.username(), () -> vault.read(ref, "git-" + name));
        }
        String token = token(name, credential);
        known.remember("git-" + name, token);
        return new GitLogin.Token(credential.username(), token);
    }

    /** For what is shown of a checkout: an agent may have written into it what it was given. */
    Redactor redactor() {
        return redactor;
    }

    private static String token(String name, WorkspaceConfig.Credential credential) throws WorkspaceException {
        if (credential.token().isPresent()) {
            return credential.token().get();
        }
        try {
            return Files.readString(credential
                            .tokenFile()
                            .orElseThrow(() -> new WorkspaceException(
                                    "the credential '%s' has no token, token-file, token-vault or ssh-key-file"
                                            .formatted(name))))
                    .strip();
        } catch (WorkspaceException e) {
            throw e;
        } catch (IOException e) {
            throw new WorkspaceException("the token of the credential '%s' cannot be read: %s".formatted(name, e), e);
        }
    }
}
