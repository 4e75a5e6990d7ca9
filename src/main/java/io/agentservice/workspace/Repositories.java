package io.agentservice.workspace;

import io.agentservice.workspace.WorkspacePolicy.Content;
import io.agentservice.workspace.WorkspacePolicy.GitCrypt;
import io.agentservice.workspace.WorkspacePolicy.RepositoryPolicy;
import io.agentservice.workspace.WorkspacePolicy.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Finds the repository that a job is about. */
final class Repositories {

    /** The name of the repository that WORKSPACE_DIR is. */
    static final String WORKSPACE = "workspace";

    private static final RepositoryPolicy UNSAID =
            new RepositoryPolicy(Optional.empty(), Optional.empty(), Optional.empty(), Content.ALL);

    private final Path directory;
    private final WorkspaceConfig config;
    private final Git git;
    private final GitTokens tokens;
    private volatile Seen seen;

    Repositories(Path directory, WorkspaceConfig config, Git git, GitTokens tokens) {
        this.tokens = tokens;
        this.directory = directory;
        this.config = config;
        this.git = git;
    }

    /** Whether WORKSPACE_DIR is a repository itself, with a work tree or bare; a folder inside one is not. */
    boolean isWorkspaceRepository() {
        return Files.exists(directory.resolve(".git"))
                || Files.isRegularFile(directory.resolve("HEAD"))
                        && Files.isDirectory(directory.resolve("objects"))
                        && Files.isDirectory(directory.resolve("refs"));
    }

    /** The names that a job under this policy may ask for. */
    Set<String> names(Sources sources) {
        Set<String> names = new TreeSet<>(sources.repositories().keySet());
        if (isWorkspaceRepository()) {
            names.add(WORKSPACE);
        }
        return names;
    }

    /** The name of the one that is meant; empty if none is and it is not clear which would be. */
    Optional<String> meant(Sources sources, Optional<String> asked) {
        Set<String> names = names(sources);
        Optional<String> standard = sources.standard()
                .or(() -> names.contains(WORKSPACE) ? Optional.of(WORKSPACE) : Optional.empty())
                .or(() -> names.size() == 1 ? names.stream().findFirst() : Optional.empty());
        return asked.or(() -> standard).filter(names::contains);
    }

    /** @throws WorkspaceException if there is none, or its settings lead nowhere */
    Repository find(Sources sources, Optional<String> asked) throws WorkspaceException {
        String name = meant(sources, asked)
                .orElseThrow(() ->
                        new WorkspaceException(asked.map(other -> "there is no repository '%s'; ".formatted(other))
                                        .orElse("it is not said which repository is meant; ")
                                + "known are: " + String.join(", ", names(sources))));
        RepositoryPolicy policy = sources.repositories().getOrDefault(name, UNSAID);
        Optional<GitLogin> login = policy.credential().isPresent()
                ? Optional.of(login(policy.credential().get()))
                : Optional.empty();
        return policy.remote().isPresent()
                ? elsewhere(name, policy, policy.remote().get(), login)
                : here(name, policy, login);
    }

    private static Repository elsewhere(String name, RepositoryPolicy policy, String url, Optional<GitLogin> login) {
        var remote = Remote.parse(url);
        return new Repository(
                name,
                remote.remote(),
                login.or(remote::login),
                policy.branch(),
                Optional.empty(),
                resolved(policy.content(), GitCrypt.OFF));
    }

    /** WORKSPACE_DIR: what is wanted is the state of its origin; where it has none, its own. */
    private Repository here(String name, RepositoryPolicy policy, Optional<GitLogin> login) throws WorkspaceException {
        if (!isWorkspaceRepository()) {
            throw new WorkspaceException("WORKSPACE_DIR %s is no git repository, and '%s' has no remote in agents.yaml"
                    .formatted(directory, name));
        }
        Seen now = look();
        String origin = now.origin();
        Optional<String> branch = policy.branch().or(now::branch);
        Content content = resolved(policy.content(), config.gitCryptKey().isPresent() ? GitCrypt.READ : GitCrypt.OFF);
        if (origin.isEmpty()) {
            var remote = new Remote(directory.toString(), Optional.empty());
            return new Repository(name, remote, login, branch, Optional.empty(), content);
        }
        Remote.WithLogin remote = origin(origin);
        return new Repository(name, remote.remote(), login.or(remote::login), branch, Optional.of(directory), content);
    }

    private Remote.WithLogin origin(String url) throws WorkspaceException {
        try {
            // A relative path is meant from there.
            return Remote.parse(
                    url.startsWith(".") ? directory.resolve(url).normalize().toString() : url);
        } catch (IllegalArgumentException e) {
            throw new WorkspaceException("the origin of WORKSPACE_DIR cannot be used: it " + e.getMessage(), e);
        }
    }

    private static Content resolved(Content content, GitCrypt standard) {
        return new Content(
                content.submodules(),
                content.lfs(),
                content.gitCrypt().or(() -> Optional.of(standard)),
                content.sparse());
    }

    /**
     * What WORKSPACE_DIR says of itself. Asked for at every submission, so kept while its files are the same.
     *
     * @param origin empty if it has none
     */
    private record Seen(List<FileTime> files, String origin, Optional<String> branch) {}

    private Seen look() throws WorkspaceException {
        List<FileTime> files = Stream.of(".git/config", ".git/HEAD", "config", "HEAD")
                .map(directory::resolve)
                .map(Repositories::changedAt)
                .toList();
        Seen last = seen;
        // Where .git is a file, those that matter lie elsewhere.
        boolean isElsewhere = Files.isRegularFile(directory.resolve(".git"));
        if (last == null || isElsewhere || !last.files().equals(files)) {
            String origin = git.tryRun(GitCommand.of(directory, "config", "--get", "remote.origin.url"))
                    .word();
            String branch = git.tryRun(GitCommand.of(directory, "symbolic-ref", "--short", "--quiet", "HEAD"))
                    .word();
            last = new Seen(files, origin, Optional.of(branch).filter(name -> !name.isEmpty()));
            seen = last;
        }
        return last;
    }

    private static FileTime changedAt(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException none) {
            return FileTime.fromMillis(0);
        }
    }

    private GitLogin login(String name) throws WorkspaceException {
        var credential = config.credentials().get(name);
        if (credential == null) {
            throw new WorkspaceException(
                    "agents.yaml names the credential '%s', but agent-service.workspace.credentials.%s is not set"
                            .formatted(name, name));
        }
        if (credential.sshKeyFile().isPresent()) {
            Path hosts = credential
                    .knownHostsFile()
                    .orElseThrow(() -> new WorkspaceException(
                            "the credential '%s' is an SSH key and needs known-hosts-file".formatted(name)));
            return new GitLogin.SshKey(credential.sshKeyFile().get(), hosts);
        }
        return tokens.login(name, credential);
    }
}
