package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentsFileTest {

    private static final AgentName HELPER = new AgentName("helper");
    private static final AgentName OTHER = new AgentName("other");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "# nothing yet\n",
                "# defaults:\n#   permission-mode: plan\n",
                "---\n",
                "{}",
                "defaults:\n",
                "agents:\n",
                "defaults: {}\nagents: {}\n",
                "agents:\n  helper:\n",
                "agents:\n  helper:\n    environment:\n"
            })
    void withoutWordsEveryAgentHasTheDefaultsOfTheService(String yaml) {
        AgentPolicy policy = policy(yaml, HELPER);

        assertThat(policy.permissionMode()).isEqualTo(PermissionMode.BYPASS_PERMISSIONS);
        assertThat(policy.models().standard()).isEmpty();
        assertThat(policy.environment()).isEmpty();
    }

    @Test
    void whatIsSaidOfAnAgentGoesBeforeTheDefaults() {
        String yaml = """
                defaults:
                  permission-mode: plan
                  model: haiku
                agents:
                  helper:
                    permission-mode: acceptEdits
                """;

        assertThat(policy(yaml, HELPER).permissionMode()).isEqualTo(PermissionMode.ACCEPT_EDITS);
        assertThat(policy(yaml, HELPER).models().standard()).contains("haiku");
        assertThat(policy(yaml, OTHER).permissionMode()).isEqualTo(PermissionMode.PLAN);
    }

    @Test
    void environmentsAreMergedVariableByVariable() {
        String yaml = """
                defaults:
                  environment:
                    A: default
                    B: default
                agents:
                  helper:
                    environment:
                      B: own
                      C: "1"
                """;

        assertThat(policy(yaml, HELPER).environment())
                .containsOnly(Map.entry("A", "default"), Map.entry("B", "own"), Map.entry("C", "1"));
        assertThat(policy(yaml, OTHER).environment()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(PermissionMode.class)
    void everyModeOfTheCliMayBeNamed(PermissionMode mode) {
        assertThat(policy("defaults:\n  permission-mode: " + mode.cliName(), HELPER)
                        .permissionMode())
                .isEqualTo(mode);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            defaults:\\n  permission-mode: bypass             | 2
            defaults:\\n  permission-mode: BYPASS_PERMISSIONS | 2
            defaults:\\n  permission-mode: [plan]             | 2
            defaults:\\n  permision-mode: plan                | 2
            agents:\\n  helper:\\n    modle: sonnet           | 3
            agents:\\n  helper:\\n    model: [a]              | 3
            agents:\\n  helper:\\n    model: a\\n    model: b | 4
            agents:\\n  helper:\\n    environment: A=1        | 3
            agents:\\n  helper:\\n    environment:\\n      A: [1] | 4
            agents:\\n  helper:\\n    environment:\\n      A=B: c | 4
            agents:\\n  helper:\\n    environment:\\n      "": c  | 4
            agents:\\n  helper:\\n  helper:\\n                | 3
            agents:\\n  - helper                              | 2
            defaults: plan                                    | 1
            agnets: {}                                        | 1
            - a\\n- b                                         | 1
            words                                             | 1
            agents:\\n  helper:\\n    max-running: 0         | 3
            agents:\\n  helper:\\n    start-rate: 5 a day     | 3
            agents:\\n  helper:\\n    idle-timeout: 5         | 3
            agents:\\n  helper:\\n    sandbox: docker         | 3
            agents:\\n  helper:\\n    models: sonnet          | 3
            agents:\\n  helper:\\n    when-exceeded: ask      | 3
            agents:\\n  helper:\\n    max-budget-usd: 1e3     | 3
            defaults:\\n\\tpermission-mode: plan              | 2
            defaults:\\n  environment: {A: b                  | 2
            """)
    void aMistakeIsNamedWithItsLine(String yaml, int line) {
        assertThatThrownBy(() -> AgentsFile.parse(yaml.replace("\\n", "\n").replace("\\t", "\t"), "agents.yaml"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("agents.yaml, line ")
                .hasMessageContaining("line " + line);
    }

    @Test
    void everyMistakeIsNamed() {
        assertThatThrownBy(
                        () -> AgentsFile.parse("defaults:\n  model: [a]\nagents:\n  a b: {}\nmore: 1\n", "agents.yaml"))
                .hasMessageContainingAll("line 2", "line 4", "line 5");
    }

    @Test
    void limitsAreRead() {
        AgentPolicy policy = policy("""
                agents:
                  helper: {sandbox: bubblewrap, max-budget-usd: 2.5, max-timeout: 1h, idle-timeout: 5m, tool-timeout: 90s,
                           max-stored-bytes: 1000, max-running: 2, start-rate: 5 per 6h, when-exceeded: refuse,
                           models: [sonnet, haiku]}
                """, HELPER);

        assertThat(policy.sandbox()).contains(io.agentservice.process.Sandbox.BUBBLEWRAP);
        assertThat(policy.run())
                .isEqualTo(new AgentPolicy.RunLimits(
                        java.util.Optional.of(new java.math.BigDecimal("2.5")),
                        java.util.Optional.of(java.time.Duration.ofHours(1)),
                        java.time.Duration.ofMinutes(5),
                        java.util.Optional.of(java.time.Duration.ofSeconds(90)),
                        1000));
        assertThat(policy.queue().maxRunning()).hasValue(2);
        assertThat(policy.queue().startRate()).contains(new StartRate(5, java.time.Duration.ofHours(6)));
        assertThat(policy.queue().whenExceeded()).isEqualTo(AgentPolicy.WhenExceeded.REFUSE);
        assertThat(policy.models().allowed()).containsExactly("sonnet", "haiku");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "defaults:\n  model: \u0001",
                "defaults: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
            })
    void whatIsNotYamlAtAllNamesTheFile(String yaml) {
        assertThatThrownBy(() -> AgentsFile.parse(yaml, "agents.yaml"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("agents.yaml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "../helper", ".claude/agents/helper"})
    void anAgentsNameIsChecked(String name) {
        assertThatThrownBy(() -> AgentsFile.parse("agents:\n  \"%s\": {}\n".formatted(name), "agents.yaml"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("agents.yaml, line ")
                .hasMessageContaining("an agent's name has letters");
    }

    @Test
    void secretsAreNamedAndNotSaid() {
        AgentPolicy policy = policy("""
                defaults:
                  secrets: {A: secret/ci#a, B: secret/ci#b}
                  on-missing-secret: fail
                agents:
                  helper:
                    secrets: {B: team/deep/er#b_2}
                    service-account: true
                """, HELPER);

        assertThat(policy.variables().secrets())
                .containsOnly(Map.entry("A", "secret/ci#a"), Map.entry("B", "team/deep/er#b_2"));
        assertThat(policy.variables().onMissing()).isEqualTo(AgentPolicy.OnMissingSecret.FAIL);
        assertThat(policy.variables().serviceAccount()).isTrue();
        assertThat(policy.hasOwnCredential()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"A: ghp_0123456789", "A: secret/ci", "A: /secret/ci#x", "A: secret/../x#y z", "1A: secret/ci#x"})
    void whatIsNoReferenceIsAMistakeAndNotRepeated(String secret) {
        assertThatThrownBy(() -> AgentsFile.parse("defaults:\n  secrets: {%s}\n".formatted(secret), "agents.yaml"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("agents.yaml, line 2: ")
                .hasMessageNotContaining("ghp_");
    }

    private static AgentPolicy policy(String yaml, AgentName name) {
        return AgentsFile.parse(yaml, "agents.yaml").policyFor(name);
    }
}
