package io.agentservice.workspace;

import io.agentservice.workspace.WorkspacePolicy.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The user's git configuration of one run, in its home: who commits, and with what it pushes. It is gone with the run;
 * nothing of it is in the checkout.
 */
final class JobGitConfig {

    private static final String FOLDER = "git";

    private final GitCryptKey key;

    JobGitConfig(GitCryptKey key) {
        this.key = key;
    }

    /** @param repository empty where the job has none */
    void write(Path home, Identity identity, Optional<Repository> repository) throws IOException {
        GitSettings settings = GitSettings.NONE
                .with("user.name", identity.author().name())
                .with("user.email", identity.author().email())
                .with("author.name", identity.author().name())
                .with("author.email", identity.author().email())
                .with("committer.name", identity.committer().name())
                .with("committer.email", identity.committer().email())
                .with("push.autoSetupRemote", "true")
                .with("advice.detachedHead", "false")
                // Helpers of the machine would be asked too.
                .with("credential.helper", "");
        if (repository.isPresent()) {
            settings = settings.and(of(repository.get(), Folders.privateDirectory(home.resolve(FOLDER))));
        }
        Folders.privateFile(home.resolve(".gitconfig"), settings.text());
    }

    private GitSettings of(Repository repository, Path folder) throws IOException {
        GitSettings settings = key.forJob(repository.content(), folder);
        if (repository.content().lfs()) {
            settings = settings.and(LargeFiles.FILTERS);
        }
        return repository.login().isPresent()
                ? settings.and(repository.login().get().forJob(repository.remote(), folder))
                : settings;
    }
}
