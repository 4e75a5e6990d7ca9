package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.workspace.WorkspaceMode;
import io.agentservice.workspace.WorkspacePolicy;
import io.agentservice.workspace.WorkspacePolicy.Content;
import io.agentservice.workspace.WorkspacePolicy.GitCrypt;
import io.agentservice.workspace.WorkspacePolicy.Person;
import io.agentservice.workspace.WorkspacePolicy.RepositoryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkspaceSectionTest {

    private static WorkspacePolicy of(String agent, String yaml) {
        return AgentPolicies.parse(yaml).of(new AgentName(agent)).workspace();
    }

    @Test
    void nothingSaidIsTheStandard() {
        assertThat(of("helper", "")).isEqualTo(WorkspacePolicy.STANDARD);
    }

    @Test
    void everythingThatCanBeSaidIsRead() {
        WorkspacePolicy policy = of("helper", """
                agents:
                  helper:
                    workspace:
                      mode: git
                      shared: true
                      repository: infra
                      author: A Person <a@example.org>
                      committer: Bot <bot@example.org>
                      keep-on-failure: 4h
                      keep-unpushed: false
                      max-bytes: 5000000000
                      repositories:
                        infra:
                          remote: https://forge.example/infra.git
                          branch: release/1.x
                          credential: forge
                          git-crypt: off
                          submodules: true
                          lfs: true
                          sparse: [docs, "stacks/a b"]
                """);

        assertThat(policy.mode()).contains(WorkspaceMode.GIT);
        assertThat(policy.shared()).isTrue();
        assertThat(policy.sources().standard()).contains("infra");
        assertThat(policy.sources().repositories())
                .containsEntry(
                        "infra",
                        new RepositoryPolicy(
                                Optional.of("https://forge.example/infra.git"),
                                Optional.of("release/1.x"),
                                Optional.of("forge"),
                                new Content(true, true, Optional.of(GitCrypt.OFF), List.of("docs", "stacks/a b"))));
        assertThat(policy.identity().author()).isEqualTo(new Person("A Person", "a@example.org"));
        assertThat(policy.identity().committer()).isEqualTo(new Person("Bot", "bot@example.org"));
        assertThat(policy.keep()).isEqualTo(new WorkspacePolicy.Keep(Optional.of(Duration.ofHours(4)), false));
        assertThat(policy.maxBytes()).hasValue(5_000_000_000L);
    }

    @Test
    void whatAnAgentDoesNotSayComesFromTheDefaults() {
        String yaml = """
                defaults:
                  workspace:
                    mode: directory
                    author: A <a@b>
                    repositories: {infra: {remote: /srv/infra.git}}
                agents:
                  helper:
                    workspace:
                      mode: git
                      repositories: {docs: {remote: /srv/docs.git}}
                """;

        assertThat(of("other", yaml).mode()).contains(WorkspaceMode.DIRECTORY);
        assertThat(of("helper", yaml).mode()).contains(WorkspaceMode.GIT);
        assertThat(of("helper", yaml).identity().author()).isEqualTo(new Person("A", "a@b"));
        assertThat(of("helper", yaml).identity().committer()).isEqualTo(new Person("A", "a@b"));
        assertThat(of("helper", yaml).sources().repositories()).containsOnlyKeys("infra", "docs");
    }

    @Test
    void everyMistakeIsNamedWithItsLine() {
        assertThatThrownBy(() -> AgentPolicies.parse("""
                        defaults:
                          workspace:
                            mode: svn
                            shared: yes
                            author: nobody
                            max-bytes: 0
                            colour: red
                            repositories:
                              -x: {}
                              infra:
                                remote: "ext::sh -c id"
                                branch: --upload-pack=x
                                git-crypt: maybe
                                depth: 1
                                sparse: [../x, -y, /z]
                        """)).hasMessage("""
                        agents.yaml, line 3: mode must be one of git, directory, empty
                        agents.yaml, line 4: shared must be true or false
                        agents.yaml, line 5: author must be 'Name <mail@host>'
                        agents.yaml, line 6: max-bytes must be a number of bytes
                        agents.yaml, line 7: unknown setting 'colour' of a workspace
                        agents.yaml, line 9: '-x' cannot be the name of a repository
                        agents.yaml, line 11: remote must have no blanks
                        agents.yaml, line 12: branch must be a branch's name
                        agents.yaml, line 13: git-crypt must be one of off, read, write
                        agents.yaml, line 14: unknown setting 'depth' of a repository
                        agents.yaml, line 15: '../x' is no folder in a repository
                        agents.yaml, line 15: '-y' is no folder in a repository
                        agents.yaml, line 15: '/z' is no folder in a repository""");
    }
}
