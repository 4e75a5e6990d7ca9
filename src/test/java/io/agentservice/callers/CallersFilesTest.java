package io.agentservice.callers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.agentservice.testing.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files under integrations/, and this repository's own of their kind, are what their readers take. */
class CallersFilesTest {

    private static final Path ROOT = Path.of("integrations");
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final ObjectMapper JSON = new ObjectMapper();

    private static List<Path> scripts() throws IOException {
        List<Path> scripts = new ArrayList<>(List.of(ROOT.resolve("install")));
        for (String folder : List.of("shell", "github/scripts")) {
            try (Stream<Path> all = Files.list(ROOT.resolve(folder))) {
                all.filter(path -> !path.toString().contains(".")).forEach(scripts::add);
            }
        }
        return scripts;
    }

    @ParameterizedTest
    @CsvSource({
        "integrations/github/workflows/issue-automation.yml, github-workflows",
        "integrations/github/workflows/issue-automation-direct.yml, github-workflows",
        "integrations/github/ISSUE_TEMPLATE/outage-report.yml, github-issue-forms",
        "integrations/github/ISSUE_TEMPLATE/feature-request.yml, github-issue-forms",
        "integrations/github/ISSUE_TEMPLATE/config.yml, github-issue-config",
        "integrations/woodpecker/issue-automation.yml, woodpecker-ci",
        "integrations/woodpecker/postmortem-todos.yml, woodpecker-ci",
        ".github/workflows/ci.yml, github-workflows",
        ".github/workflows/nightly.yml, github-workflows",
        ".github/workflows/release.yml, github-workflows",
        ".woodpecker/ci.yml, woodpecker-ci"
    })
    void aFileIsAsItsPublishedSchemaSays(String file, String schema) throws IOException {
        JsonNode document = YAML.readTree(Path.of(file).toFile());
        JsonNode published = JSON.readTree(
                Path.of("src/test/resources/schemas", schema + ".json").toFile());

        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
                        .getSchema(published)
                        .validate(document))
                .isEmpty();
    }

    @Test
    void aFileThatIsNotAsItsSchemaSaysIsNoticed() throws IOException {
        JsonNode published = JSON.readTree(
                Path.of("src/test/resources/schemas/woodpecker-ci.json").toFile());

        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
                        .getSchema(published)
                        .validate(YAML.readTree("steps: [{name: x, image: y, command: [ls]}]")))
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"issue-automation.yml", "issue-automation-direct.yml"})
    void nothingThatSomebodyWroteIsPutIntoACommandOfGitHubs(String name) throws IOException {
        JsonNode workflow =
                YAML.readTree(ROOT.resolve("github/workflows").resolve(name).toFile());

        assertThat(workflow.path("permissions").toString()).isEqualTo("{\"contents\":\"read\",\"issues\":\"write\"}");
        workflow.path("jobs")
                .forEach(job -> job.path("steps").forEach(step -> {
                    assertThat(step.path("run").asText()).doesNotContain("${{");
                    step.path("env")
                            .forEach(value -> assertThat(value.asText())
                                    .doesNotContain("event.issue", "event.comment", "head_ref", "toJSON"));
                }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"issue-automation.yml", "postmortem-todos.yml"})
    void woodpeckerHasNothingToPutIntoItsYaml(String name) throws IOException {
        String text = Files.readString(ROOT.resolve("woodpecker").resolve(name));

        assertThat(text).doesNotContain("${");
        assertThat(YAML.readTree(text).path("steps").toString()).doesNotContain("ISSUE_");
    }

    @Test
    void theLabelsAreAllThere() throws IOException {
        JsonNode labels = JSON.readTree(ROOT.resolve("github/labels.json").toFile());

        assertThat(labels.findValuesAsText("name"))
                .containsExactly(
                        "user-report",
                        "feature-request",
                        "incident",
                        "sev1",
                        "sev2",
                        "sev3",
                        "postmortem-required",
                        "postmortem-done",
                        "needs-human");
        assertThat(labels.findValuesAsText("color")).allMatch(color -> color.matches("[0-9a-f]{6}"));
        assertThat(labels.findValuesAsText("description"))
                .as("what GitHub takes")
                .allMatch(text -> text.length() <= 100);
    }

    @Test
    void everyScriptIsExecutableAndAShellCanReadIt() throws Exception {
        for (Path script : scripts()) {
            assertThat(Files.isExecutable(script)).as("%s", script).isTrue();
            assertThat(Files.readString(script)).startsWith("#!/bin/sh\n");
            assertThat(said("sh", "-n", script.toString())).isEmpty();
        }
        assertThat(scripts()).hasSizeGreaterThan(8);
    }

    @Test
    @Tag("full")
    void shellcheckFindsNothing() throws Exception {
        List<String> command = new ArrayList<>(List.of(Tools.need("shellcheck").toString()));
        scripts().forEach(script -> command.add(script.toString()));

        assertThat(said(command.toArray(String[]::new))).isEmpty();
    }

    @Test
    @Tag("full")
    void busyboxCanReadEveryScript() throws Exception {
        for (Path script : scripts()) {
            assertThat(said(Tools.need("busybox").toString(), "sh", "-n", script.toString()))
                    .isEmpty();
        }
    }

    private static String said(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        return said.isEmpty() && code != 0 ? "exit code " + code : said;
    }
}
