package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.agentservice.testing.Shell;
import io.agentservice.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the repository has around the code: CI, releases, pages for people. */
class RepositoryTest {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Path WORKFLOWS = Path.of(".github/workflows");
    private static final String VERIFY = "./mvnw -B -ntp verify";
    private static final Pattern PINNED = Pattern.compile("[\\w.-]+/[\\w.-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern VERSION = Pattern.compile("(?m)^  <version>(.*)</version>$");

    @TempDir
    Path folder;

    static List<Path> workflows() throws IOException {
        try (Stream<Path> all = Files.list(WORKFLOWS)) {
            return all.sorted().toList();
        }
    }

    static List<Path> pages() throws IOException {
        try (Stream<Path> all = Files.walk(Path.of("."))) {
            return all.filter(page -> page.toString().endsWith(".md"))
                    .filter(page -> !page.startsWith("./target") && !page.startsWith("./src"))
                    .filter(page -> !page.startsWith("./.cli") && !page.startsWith("./.demo"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void whatAWorkflowUsesIsTheCommitThatWasLookedAt(Path workflow) throws IOException {
        List<String> used = Files.readAllLines(workflow).stream()
                .filter(line -> line.contains("uses:"))
                .map(line -> line.substring(line.indexOf("uses:") + 5).strip())
                .toList();

        assertThat(used).isNotEmpty().allMatch(PINNED.asMatchPredicate(), "owner/name@commit # version");
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void aWorkflowMayReadAndEndsInTime(Path workflow) throws IOException {
        JsonNode document = YAML.readTree(workflow.toFile());

        assertThat(document.path("permissions").toString()).isEqualTo("{\"contents\":\"read\"}");
        assertThat(document.path("concurrency").path("group").asText()).isNotEmpty();
        document.path("jobs").forEach(job -> {
            assertThat(job.path("timeout-minutes").asInt()).isBetween(1, 180);
            job.path("steps")
                    .forEach(step -> assertThat(step.path("run").asText())
                            .as("names of branches and titles are written by anybody")
                            .doesNotContain("${{"));
        });
    }

    @Test
    void theJobThatMayWriteRunsNothingThatWasDownloadedToBuild() throws IOException {
        JsonNode jobs = YAML.readTree(WORKFLOWS.resolve("release.yml").toFile()).path("jobs");

        assertThat(jobs.path("build").has("permissions")).isFalse();
        assertThat(jobs.path("publish").path("permissions").path("contents").asText())
                .isEqualTo("write");
        assertThat(jobs.path("publish").toString()).doesNotContain("mvnw", "npm", "src/cli");
    }

    @Test
    void everyCiRunsWhatTheReadmeSays() throws IOException {
        assertThat(Files.readString(WORKFLOWS.resolve("ci.yml"))).contains("run: " + VERIFY + "\n");
        assertThat(Files.readString(WORKFLOWS.resolve("release.yml"))).contains("run: " + VERIFY + " -Prelease\n");
        assertThat(Files.readString(Path.of(".woodpecker/ci.yml"))).contains("- " + VERIFY + "\n", "- .ci/run\n");
        assertThat(Files.readString(WORKFLOWS.resolve("nightly.yml"))).contains("run: .ci/run\n");
        assertThat(Files.readString(Path.of("README.md"))).contains("\n./mvnw verify ");
    }

    @Test
    void theReadmeIsOnOnePage() throws IOException {
        assertThat(Files.readAllLines(Path.of("README.md"))).hasSizeLessThanOrEqualTo(120);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadToWhatIsThere(Path page) throws IOException {
        Set<String> lost = new TreeSet<>();
        for (MatchResult link : LINK.matcher(prose(page)).results().toList()) {
            String to = link.group(1);
            if (to.startsWith("https://")) {
                continue;
            }
            String file = to.replaceFirst("#.*", "");
            Path target = file.isEmpty() ? page : page.resolveSibling(file);
            boolean there = Files.exists(target)
                    && (!to.contains("#") || anchors(target).contains(to.substring(to.indexOf('#') + 1)));
            if (!there) {
                lost.add(to);
            }
        }

        assertThat(lost).isEmpty();
    }

    @Test
    void theNotesOfAReleaseAreItsPartOfTheChangelog() throws Exception {
        Path script = released("1.2.3", """
                # Changelog

                ## [Unreleased]

                - later

                ## [1.2.3] - 2026-11-24

                ### Added

                - one
                  [link](x.md)

                ## [1.2.2] - 2026-11-23

                - before

                [1.2.3]: https://example.org
                """);

        assertThat(Shell.sh(folder).run(Map.of(), "", script.toString(), "1.2.3"))
                .isEqualTo(new Shell.Ran(0, "### Added\n\n- one\n  [link](x.md)\n", ""));
        assertThat(Shell.sh(folder)
                        .run(Map.of(), "", script.toString(), "1.2.2")
                        .err())
                .isEqualTo("pom.xml has the version 1.2.3 and not 1.2.2\n");
    }

    @Test
    void aReleaseThatTheChangelogDoesNotKnowHasNoNotes() throws Exception {
        Path script = released("1.2.3", "# Changelog\n\n## [1.2.30] - 2026-11-24\n\n- other\n");

        Shell.Ran ran = Shell.sh(folder).run(Map.of(), "", script.toString(), "1.2.3");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).isEqualTo("CHANGELOG.md has nothing under \"## [1.2.3]\"\n");
    }

    @Test
    void everyFileThatHasTheVersionHasTheSame() throws IOException {
        String version = VERSION.matcher(Files.readString(Path.of("pom.xml")))
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow();

        assertThat(found(Path.of("src/main/docker"), "(?m)^ARG VERSION=(.*)$")).containsOnly(version);
        assertThat(found(Path.of("k8s"), "(?m)^ *newTag: (.*?)(?:-tools|-native|-micro)?$"))
                .containsOnly(version.replace("-SNAPSHOT", ""));
    }

    private static Set<String> found(Path folder, String pattern) throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Pattern.compile(pattern)
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(match -> found.add(match.group(1)));
            }
        }
        return found;
    }

    @Test
    void theChangelogHasWhatComesNext() throws IOException {
        String changelog = Files.readString(Path.of("CHANGELOG.md"));

        assertThat(changelog).contains("\n## [Unreleased]\n").contains("\n[Unreleased]: https://");
    }

    @Test
    @Tag("full")
    void shellcheckFindsNothing() throws Exception {
        Tools.need("shellcheck");

        assertThat(
                        sh(
                                "shellcheck -x .ci/run .ci/kubernetes .ci/native .ci/dist .ci/release-notes demo src/cli/install"))
                .isEqualTo(new Shell.Ran(0, "", ""));
    }

    @Test
    @Tag("full")
    void actionlintFindsNothing() throws Exception {
        Tools.need("actionlint");

        assertThat(sh("actionlint .github/workflows/*.yml integrations/github/workflows/*.yml"))
                .isEqualTo(new Shell.Ran(0, "", ""));
    }

    private Shell.Ran sh(String command) throws IOException {
        return Shell.sh(folder).run(Map.of(), "", "-c", command);
    }

    private Path released(String version, String changelog) throws IOException {
        Path ci = Files.createDirectories(folder.resolve("checkout/.ci"));
        Files.writeString(folder.resolve("checkout/CHANGELOG.md"), changelog);
        Files.writeString(
                folder.resolve("checkout/pom.xml"),
                VERSION.matcher(Files.readString(Path.of("pom.xml")))
                        .replaceFirst("  <version>" + version + "</version>"));
        return Files.copy(Path.of(".ci/release-notes"), ci.resolve("release-notes"));
    }

    /** A page without its blocks of code. */
    private static String prose(Path page) throws IOException {
        return Files.readString(page).replaceAll("(?ms)^```.*?^```$", "").replaceAll("`[^`\n]*`", "");
    }

    /** Headings as GitHub names them. */
    private static Set<String> anchors(Path page) throws IOException {
        Set<String> anchors = new TreeSet<>();
        Files.readString(page)
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
                .forEach(heading ->
                        anchors.add(heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-')));
        return anchors;
    }
}
