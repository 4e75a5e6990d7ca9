package io.agentservice.agent;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The text of {@code agents.yaml}: defaults, and what differs for an agent. Every mistake is named with its line.
 *
 * <pre>
 * defaults:
 *   permission-mode: bypassPermissions
 * agents:
 *   issue-responder:
 *     max-running: 2
 *     start-rate: 5 per 6h
 *     environment:
 *       TF_IN_AUTOMATION: "1"
 * </pre>
 */
final class AgentsFile {

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private static final Pattern SECRET = Pattern.compile("[\\w.-]+/[\\w.-]+(/[\\w.-]+)*#[\\w.-]+");

    private final String source;
    private final List<String> mistakes = new ArrayList<>();
    private final Map<String, AgentSettings> agents = new HashMap<>();
    private AgentSettings defaults = AgentSettings.NONE;

    private AgentsFile(String source) {
        this.source = source;
    }

    /**
     * @param source the file's name, for the message
     * @throws IllegalArgumentException with a line for each mistake
     */
    static AgentsFile parse(String yaml, String source) {
        var file = new AgentsFile(source);
        try {
            Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(yaml));
            if (root != null) {
                file.readRoot(root);
            }
        } catch (MarkedYAMLException e) {
            file.mistakes.add(
                    "%s, line %d: %s".formatted(source, e.getProblemMark().getLine() + 1, e.getProblem()));
        } catch (YAMLException e) {
            // Where it is not YAML's place to say the line: a control character, or nesting without end.
            file.mistakes.add("%s: %s"
                    .formatted(source, e.getMessage().lines().findFirst().orElse("")));
        }
        if (!file.mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", file.mistakes));
        }
        return file;
    }

    /** The policies that are in it: of all agents, and of each that it names. */
    List<AgentPolicy> policies() {
        List<AgentPolicy> all = new ArrayList<>(List.of(defaults.policy()));
        agents.values().forEach(settings -> all.add(settings.over(defaults).policy()));
        return all;
    }

    AgentPolicy policyFor(AgentName name) {
        return agents.getOrDefault(name.value(), AgentSettings.NONE)
                .over(defaults)
                .policy();
    }

    private void readRoot(Node root) {
        entries(root, "the file").forEach((key, node) -> {
            switch (key) {
                case "defaults" -> defaults = settings(node);
                case "agents" -> entries(node, "agents").forEach(this::readAgent);
                default -> mistake(node, "unknown key '%s'; known are defaults and agents".formatted(key));
            }
        });
    }

    private void readAgent(String name, Node node) {
        try {
            agents.put(new AgentName(name).value(), settings(node));
        } catch (IllegalArgumentException e) {
            mistake(node, "'%s': %s".formatted(name, e.getMessage()));
        }
    }

    private AgentSettings settings(Node node) {
        Map<AgentSetting, Object> values = new EnumMap<>(AgentSetting.class);
        Map<String, String> environment = new HashMap<>();
        Map<String, String> secrets = new HashMap<>();
        List<String> models = new ArrayList<>();
        List<WorkspaceSettings> workspace = new ArrayList<>();
        entries(node, "an agent's settings").forEach((key, value) -> {
            Optional<AgentSetting> setting = YamlSetting.named(AgentSetting.values(), key);
            if (setting.isPresent()) {
                parsed(value, key, setting.get().parser()).ifPresent(parsed -> values.put(setting.get(), parsed));
            } else if (key.equals("environment")) {
                entries(value, key).forEach((name, variable) -> readVariable(name, variable, environment));
            } else if (key.equals("secrets")) {
                entries(value, key).forEach((name, reference) -> readSecret(name, reference, secrets));
            } else if (key.equals("workspace")) {
                workspace.add(WorkspaceSection.read(this, value));
            } else if (key.equals("models")) {
                models.addAll(list(value, key));
            } else {
                mistake(value, "unknown setting '%s'".formatted(key));
            }
        });
        return new AgentSettings(
                values,
                models.isEmpty() ? Optional.empty() : Optional.of(models),
                environment,
                secrets,
                workspace.isEmpty() ? WorkspaceSettings.NONE : workspace.get(0));
    }

    /** Refuses what the operating system would refuse only when a job starts. */
    private void readVariable(String name, Node node, Map<String, String> into) {
        Optional<String> value = scalar(node, name);
        if (!VARIABLE.matcher(name).matches()
                || value.filter(text -> text.indexOf('\0') >= 0).isPresent()) {
            mistake(node, "'%s' cannot be a variable".formatted(name));
        }
        value.ifPresent(text -> into.put(name, text));
    }

    private void readSecret(String name, Node node, Map<String, String> into) {
        Optional<String> reference = scalar(node, name);
        if (!VARIABLE.matcher(name).matches()) {
            mistake(node, "'%s' cannot be a variable".formatted(name));
        } else if (reference.filter(text -> !SECRET.matcher(text).matches()).isPresent()) {
            mistake(node, "%s must be a secret such as secret/ci#github_pat".formatted(name));
        } else {
            reference.ifPresent(text -> into.put(name, text));
        }
    }

    /** What is said in one word, if it can be understood. */
    <T> Optional<T> parsed(Node node, String key, Function<String, T> parser) {
        return scalar(node, key).flatMap(text -> {
            try {
                return Optional.of(parser.apply(text));
            } catch (IllegalArgumentException e) {
                mistake(node, "%s %s".formatted(key, e.getMessage()));
                return Optional.empty();
            }
        });
    }

    Map<String, Node> entries(Node node, String what) {
        Map<String, Node> entries = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                scalar(tuple.getKeyNode(), what).ifPresent(key -> {
                    if (entries.put(key, tuple.getValueNode()) != null) {
                        mistake(tuple.getKeyNode(), "'%s' is said twice".formatted(key));
                    }
                });
            }
        } else if (!(node instanceof ScalarNode scalar && scalar.getValue().isEmpty())) {
            mistake(node, what + " must be keys and values");
        }
        return entries;
    }

    Optional<String> scalar(Node node, String what) {
        if (node instanceof ScalarNode scalar) {
            return Optional.of(scalar.getValue());
        }
        mistake(node, "%s must be one word or number".formatted(what));
        return Optional.empty();
    }

    List<String> list(Node node, String what) {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream()
                    .flatMap(item -> scalar(item, what).stream())
                    .toList();
        }
        mistake(node, what + " must be a list");
        return List.of();
    }

    void mistake(Node node, String message) {
        mistakes.add("%s, line %d: %s".formatted(source, node.getStartMark().getLine() + 1, message));
    }
}
