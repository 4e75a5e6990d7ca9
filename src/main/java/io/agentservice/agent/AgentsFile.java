package io.agentservice.agent;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The text of {@code agents.yaml}: defaults, and what differs for an agent.
 *
 * <pre>
 * defaults:
 *   permission-mode: bypassPermissions
 * agents:
 *   issue-responder:
 *     permission-mode: acceptEdits
 *     model: sonnet
 *     environment:
 *       TF_IN_AUTOMATION: "1"
 * </pre>
 */
record AgentsFile(Settings defaults, Map<String, Settings> agents) {

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .addModule(new Jdk8Module())
            .build();

    @JsonCreator
    AgentsFile(@JsonProperty("defaults") Settings defaults, @JsonProperty("agents") Map<String, Settings> agents) {
        this.defaults = defaults == null ? Settings.EMPTY : defaults;
        Map<String, Settings> named = new HashMap<>();
        Optional.ofNullable(agents).orElseGet(Map::of).forEach((name, settings) -> {
            named.put(new AgentName(name).value(), settings == null ? Settings.EMPTY : settings);
        });
        this.agents = Map.copyOf(named);
    }

    /** What may be said of an agent; what is not said comes from the defaults. */
    record Settings(Optional<PermissionMode> permissionMode, Optional<String> model, Map<String, String> environment) {

        private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
        static final Settings EMPTY = new Settings(Optional.empty(), Optional.empty(), Map.of());

        @JsonCreator
        Settings(
                @JsonProperty("permission-mode") Optional<PermissionMode> permissionMode,
                @JsonProperty("model") Optional<String> model,
                @JsonProperty("environment") Map<String, String> environment) {
            this.permissionMode = permissionMode;
            this.model = model;
            this.environment = environment == null ? Map.of() : Map.copyOf(environment);
            this.environment.forEach(Settings::checkVariable);
        }

        /** What the operating system would refuse only when a job starts. */
        private static void checkVariable(String name, String value) {
            if (!VARIABLE.matcher(name).matches() || value.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("'%s' cannot be a variable".formatted(name));
            }
        }
    }

    /**
     * @param source the file's name, for the message
     * @throws IllegalArgumentException with the line of the first mistake
     */
    static AgentsFile parse(String yaml, String source) {
        try {
            // A file of nothing but comments, or one with an empty document.
            JsonNode said = YAML.readTree(yaml);
            return said.isMissingNode() || said.isNull()
                    ? new AgentsFile(Settings.EMPTY, Map.of())
                    : YAML.readValue(yaml, AgentsFile.class);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new IllegalArgumentException("%s, line %d: %s".formatted(source, line, e.getOriginalMessage()), e);
        }
    }

    AgentPolicy policyFor(AgentName name) {
        Settings own = agents.getOrDefault(name.value(), Settings.EMPTY);
        Map<String, String> environment = new HashMap<>(defaults.environment());
        environment.putAll(own.environment());
        return new AgentPolicy(
                own.permissionMode().or(defaults::permissionMode).orElse(PermissionMode.BYPASS_PERMISSIONS),
                own.model().or(defaults::model),
                environment);
    }
}
