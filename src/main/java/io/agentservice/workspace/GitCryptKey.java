package io.agentservice.workspace;

import io.agentservice.workspace.WorkspacePolicy.Content;
import io.agentservice.workspace.WorkspacePolicy.GitCrypt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/** The key for what git-crypt encrypted. It never comes into a checkout: git gets it as a setting of one process. */
final class GitCryptKey {

    private final Optional<Path> file;

    private GitCryptKey(Optional<Path> file) {
        this.file = file;
    }

    /**
     * @param key a file, or its content in base64, which is then kept in {@code folder}
     * @throws IllegalArgumentException if it is neither
     */
    static GitCryptKey of(Optional<String> key, Path folder) throws IOException {
        if (key.isEmpty()) {
            return new GitCryptKey(Optional.empty());
        }
        if (key.get().startsWith("/")) {
            return new GitCryptKey(Optional.of(Path.of(key.get())));
        }
        try {
            byte[] content = Base64.getDecoder().decode(key.get().replaceAll("\\s", ""));
            Path own = Folders.privateFile(folder.resolve("git-crypt-key"), "");
            return new GitCryptKey(Optional.of(Files.write(own, content)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("GIT_CRYPT_KEY must be a path that begins with /, or base64", e);
        }
    }

    /** For a process of ours that is to see plain text. */
    GitSettings toRead(Content content) {
        return isUsed(content) ? filters(file.get()) : GitSettings.NONE;
    }

    boolean isUsed(Content content) {
        return file.isPresent()
                && content.gitCrypt().filter(use -> use != GitCrypt.OFF).isPresent();
    }

    private static GitSettings filters(Path key) {
        String option = " --key-file=" + GitSettings.shellWord(key);
        return GitSettings.NONE
                .with("filter.git-crypt.smudge", "git-crypt smudge" + option)
                .with("filter.git-crypt.clean", "git-crypt clean" + option)
                .with("filter.git-crypt.required", "true");
    }

    /**
     * For the git of a job. Without the key it can do nothing with an encrypted file, and says so: it would commit the
     * plain text otherwise.
     *
     * @param folder a private folder of the run
     */
    GitSettings forJob(Content content, Path folder) throws IOException {
        if (!isUsed(content)) {
            return GitSettings.NONE;
        }
        if (content.gitCrypt().filter(use -> use == GitCrypt.WRITE).isPresent()) {
            Path own = Folders.privateFile(folder.resolve("git-crypt-key"), "");
            Files.write(own, Files.readAllBytes(file.get()));
            return filters(own);
        }
        return GitSettings.NONE
                .with("filter.git-crypt.smudge", "false")
                .with("filter.git-crypt.clean", "false")
                .with("filter.git-crypt.required", "true");
    }
}
