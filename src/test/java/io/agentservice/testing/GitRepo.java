package io.agentservice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A repository of a test, worked with by the real git as a person would. */
public record GitRepo(Path folder) {

    /** With a first commit on {@code main}. */
    public static GitRepo init(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var repo = new GitRepo(folder);
        repo.git("init", "--quiet", "--initial-branch=main");
        return repo.commit("README.md", "hello\n", "first");
    }

    /** As a server would have it: bare, and open to pushes. */
    public GitRepo bareCopy(Path folder) {
        git("clone", "--quiet", "--bare", this.folder.toString(), folder.toString());
        var bare = new GitRepo(folder);
        bare.git("config", "http.receivepack", "true");
        bare.git("config", "uploadpack.allowAnySHA1InWant", "true");
        return bare;
    }

    public GitRepo write(String file, String text) {
        try {
            Path path = folder.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public GitRepo commit(String file, String text, String message) {
        return write(file, text).commitAll(message);
    }

    public GitRepo commitAll(String message) {
        git("add", "--all");
        git("commit", "--quiet", "--allow-empty", "-m", message);
        return this;
    }

    public String head() {
        return git("rev-parse", "HEAD");
    }

    /** @return what it printed, without the last line feed; fails the test if git does */
    public String git(String... arguments) {
        var result = tryGit(Map.of(), arguments);
        if (result.code() != 0) {
            throw new AssertionError("git %s: %s".formatted(List.of(arguments), result.text()));
        }
        return result.text();
    }

    public record Result(int code, String text) {}

    public Result tryGit(Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        return run(folder, environment, command);
    }

    /** Nothing of the machine's git settings plays a part. */
    public static Result run(Path folder, Map<String, String> environment, List<String> command) {
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
        builder.environment()
                .putAll(Map.of(
                        "GIT_CONFIG_NOSYSTEM", "1",
                        "GIT_CONFIG_GLOBAL", "/dev/null",
                        "GIT_TERMINAL_PROMPT", "0",
                        "GIT_AUTHOR_NAME", "Person",
                        "GIT_AUTHOR_EMAIL", "person@example.org",
                        "GIT_COMMITTER_NAME", "Person",
                        "GIT_COMMITTER_EMAIL", "person@example.org"));
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
            return new Result(process.waitFor(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
