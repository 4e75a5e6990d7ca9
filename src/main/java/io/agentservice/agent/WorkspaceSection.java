package io.agentservice.agent;

import io.agentservice.workspace.WorkspacePolicy.Content;
import io.agentservice.workspace.WorkspacePolicy.GitCrypt;
import io.agentservice.workspace.WorkspacePolicy.RepositoryPolicy;
import io.agentservice.workspace.WorkspaceSources;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Node;

/** The part of {@code agents.yaml} under a key {@code workspace}. */
final class WorkspaceSection {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern BRANCH = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._/+@#-]{0,254}");
    private static final Pattern FOLDER = Pattern.compile("(?!-)[^/\\p{Cntrl}]+(/[^/\\p{Cntrl}]+)*");

    private final AgentsFile file;

    private WorkspaceSection(AgentsFile file) {
        this.file = file;
    }

    /** Mistakes go to the file. */
    static WorkspaceSettings read(AgentsFile file, Node node) {
        return new WorkspaceSection(file).settings(node);
    }

    private WorkspaceSettings settings(Node node) {
        Map<WorkspaceSetting, Object> values = new EnumMap<>(WorkspaceSetting.class);
        Map<String, RepositoryPolicy> repositories = new HashMap<>();
        file.entries(node, "workspace").forEach((key, value) -> {
            Optional<WorkspaceSetting> setting = WorkspaceSetting.named(key);
            if (setting.isPresent()) {
                parsed(value, key, setting.get()::parse).ifPresent(parsed -> values.put(setting.get(), parsed));
            } else if (key.equals("repositories")) {
                file.entries(value, key)
                        .forEach((name, repository) ->
                                repository(name, repository).ifPresent(policy -> repositories.put(name, policy)));
            } else {
                file.mistake(value, "unknown setting '%s' of a workspace".formatted(key));
            }
        });
        return new WorkspaceSettings(values, repositories);
    }

    private Optional<RepositoryPolicy> repository(String name, Node node) {
        if (!NAME.matcher(name).matches()) {
            file.mistake(node, "'%s' cannot be the name of a repository".formatted(name));
            return Optional.empty();
        }
        var said = new Repository();
        file.entries(node, name).forEach((key, value) -> said.read(key, value));
        return Optional.of(said.policy());
    }

    private <T> Optional<T> parsed(Node node, String key, Function<String, T> parser) {
        return file.scalar(node, key).flatMap(text -> {
            try {
                return Optional.of(parser.apply(text));
            } catch (IllegalArgumentException e) {
                file.mistake(node, "%s %s".formatted(key, e.getMessage()));
                return Optional.empty();
            }
        });
    }

    /** What is said of one repository, as it is read. */
    private final class Repository {
        private Optional<String> remote = Optional.empty();
        private Optional<String> branch = Optional.empty();
        private Optional<String> credential = Optional.empty();
        private Optional<GitCrypt> gitCrypt = Optional.empty();
        private boolean submodules;
        private boolean lfs;
        private List<String> sparse = List.of();

        void read(String key, Node value) {
            switch (key) {
                case "remote" -> remote = parsed(value, key, WorkspaceSources::checkedRemote);
                case "branch" -> branch = parsed(value, key, text -> matching(BRANCH, text, "a branch's name"));
                case "credential" -> credential = parsed(value, key, text -> matching(NAME, text, "a name"));
                case "git-crypt" -> gitCrypt = parsed(value, key, WorkspaceSection::gitCrypt);
                case "submodules" ->
                    submodules = parsed(value, key, WorkspaceSetting::flag).orElse(false);
                case "lfs" -> lfs = parsed(value, key, WorkspaceSetting::flag).orElse(false);
                case "sparse" -> sparse = folders(key, value);
                default -> file.mistake(value, "unknown setting '%s' of a repository".formatted(key));
            }
        }

        private List<String> folders(String key, Node value) {
            List<String> folders = file.list(value, key);
            folders.stream()
                    .filter(folder -> !FOLDER.matcher(folder).matches()
                            || List.of(folder.split("/")).contains(".."))
                    .forEach(folder -> file.mistake(value, "'%s' is no folder in a repository".formatted(folder)));
            return folders;
        }

        RepositoryPolicy policy() {
            return new RepositoryPolicy(remote, branch, credential, new Content(submodules, lfs, gitCrypt, sparse));
        }
    }

    /** YAML reads a bare {@code off} as a word here, as all scalars are taken as they are written. */
    private static GitCrypt gitCrypt(String text) {
        return AgentSetting.oneOf(GitCrypt.values(), text);
    }

    private static String matching(Pattern pattern, String text, String what) {
        if (!pattern.matcher(text).matches() || text.contains("..")) {
            throw new IllegalArgumentException("must be " + what);
        }
        return text;
    }
}
