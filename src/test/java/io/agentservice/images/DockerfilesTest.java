package io.agentservice.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.testing.Tools;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the house for images: nothing in them that nobody pinned, nobody in them who is root, and no secrets. */
class DockerfilesTest {

    private static final String DIGEST = ".+/[\\w-]+:[\\w.-]+@sha256:[0-9a-f]{64}";
    private static final String JIB_ENVIRONMENT = "quarkus.jib.environment-variables.";
    private static final String JIB_LABELS = "quarkus.container-image.labels.";

    static Stream<Dockerfile> all() throws IOException {
        return Dockerfile.all().stream();
    }

    static Stream<Dockerfile> withAnEntryPoint() throws IOException {
        return all().filter(file -> !file.last("ENTRYPOINT").isEmpty());
    }

    private static Properties properties() throws IOException {
        var properties = new Properties();
        properties.load(new StringReader(Files.readString(Path.of("src/main/resources/application.properties"))));
        return properties;
    }

    /** The settings whose names begin so, by what follows, without the quotes around it. */
    private static Map<String, String> settings(String prefix) throws IOException {
        return properties().entrySet().stream()
                .filter(entry -> entry.getKey().toString().startsWith(prefix))
                .collect(Collectors.toMap(
                        entry -> entry.getKey()
                                .toString()
                                .substring(prefix.length())
                                .replace("\"", ""),
                        entry -> entry.getValue().toString()));
    }

    @Test
    void thereAreTheFourThatTheDocsName() throws IOException {
        assertThat(Dockerfile.all())
                .map(Dockerfile::toString)
                .containsExactly("Dockerfile.jvm", "Dockerfile.native", "Dockerfile.native-micro", "Dockerfile.tools");
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyBaseIsAnArgumentPinnedByDigest(Dockerfile file) {
        List<String> stages = file.stages();
        assertThat(file.bases())
                .allMatch(base -> base.matches("\\$\\{\\w+_IMAGE}")
                        || stages.contains(base)
                        // claude-true or claude-false
                        || base.equals("claude-${WITH_CLAUDE}"));
        file.arguments().forEach((name, value) -> {
            boolean ours = file.toString().equals("Dockerfile.tools") && name.equals("BASE_IMAGE");
            if (name.endsWith("_IMAGE") && !ours) {
                assertThat(value).as(name).matches(DIGEST).doesNotContain(":latest");
            }
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyVersionHasASumForEachArchitectureThatIsChecked(Dockerfile file) {
        Map<String, String> arguments = file.arguments();
        List<String> sums = new ArrayList<>();
        arguments.keySet().stream().filter(name -> name.endsWith("_VERSION")).forEach(name -> {
            String program = name.replace("_VERSION", "");
            assertThat(arguments.get(name)).as(name).matches("\\d+(\\.\\d+)+");
            for (String sum : List.of(program + "_SHA256_AMD64", program + "_SHA256_ARM64")) {
                assertThat(arguments).containsKey(sum);
                sums.add(arguments.get(sum));
                assertThat(file.all("RUN").map(Dockerfile.Instruction::rest))
                        .as("who checks " + sum)
                        .anyMatch(run -> run.startsWith("sh /usr/local/bin/fetch") && run.contains("=${" + sum + "}"));
            }
        });
        assertThat(sums).doesNotHaveDuplicates().allMatch(sum -> sum.matches("[0-9a-f]{64}"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void nothingIsDownloadedButByWhatChecksIt(Dockerfile file) {
        assertThat(file.instructions())
                .noneMatch(instruction -> instruction.name().equals("ADD"));
        assertThat(file.all("RUN"))
                .noneMatch(run ->
                        run.rest().matches("(?s).*\\b(curl|wget) .*http.*|.*(npm|pip3?) install.*|.*\\| *sh\\b.*"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void itDoesNotRunAsRoot(Dockerfile file) {
        assertThat(file.last("USER")).isEqualTo("1000:1000");
    }

    @ParameterizedTest
    @MethodSource("withAnEntryPoint")
    void processOneReaps(Dockerfile file) throws IOException {
        assertThat(file.entryPoint()).startsWith("/usr/bin/tini", "-e", "143", "--");
        assertThat(file.pairs("LABEL"))
                .containsKeys(Stream.of("title", "description", "licenses", "version", "revision")
                        .map("org.opencontainers.image."::concat)
                        .toArray(String[]::new));
        assertThat(file.pairs("ENV"))
                .containsEntry("QUARKUS_HTTP_HOST", "0.0.0.0")
                .containsEntry("JOBS_DIR", "/data");
    }

    @ParameterizedTest
    @MethodSource("all")
    void itHoldsNoSecret(Dockerfile file) {
        assertThat(Stream.concat(file.pairs("ENV").keySet().stream(), file.arguments().keySet().stream()))
                .noneMatch(name -> name.matches(".*(TOKEN|SECRET|PASSWORD|KEY|CREDENTIAL).*"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatItCopiesIsThereAndNotIgnored(Dockerfile file) {
        assertThat(file.copied()).allSatisfy(source -> {
            assertThat(isIgnored(source.endsWith("/") ? source + "file" : source.replace("*", "some")))
                    .as(source)
                    .isFalse();
            // Built files are there after a build only.
            assertThat(source.startsWith("target/") || Files.exists(Path.of(source)))
                    .as(source)
                    .isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".env",
                ".git/config",
                ".cli/2.1.330/claude",
                ".demo/service.log",
                "pom.xml",
                "data/agent-service.db",
                "src/main/resources/application.properties",
                "src/test/cli/claude",
                "target/classes/io/agentservice/A.class",
                "src/main/docker/base-image",
                "k8s/base/secret.yaml",
                "agents.yaml"
            })
    void nothingElseReachesTheBuild(String file) {
        assertThat(isIgnored(file)).isTrue();
    }

    @Test
    void theImageWithoutDockerIsTheSame() throws IOException {
        Dockerfile jvm = Dockerfile.named("jvm");
        Properties properties = properties();

        assertThat(settings(JIB_ENVIRONMENT)).isEqualTo(jvm.pairs("ENV"));
        assertThat(properties.getProperty("quarkus.jib.user")).isEqualTo(jvm.last("USER"));
        assertThat(properties.getProperty("quarkus.jib.ports")).isEqualTo(jvm.last("EXPOSE"));
        assertThat(properties.getProperty("quarkus.jib.working-directory")).isEqualTo(jvm.last("WORKDIR"));
        assertThat(properties.getProperty("quarkus.jib.jvm-entrypoint"))
                .isEqualTo(String.join(",", jvm.entryPoint()).replace("-XX:AOTCache=/app/app.aot ", ""));
        assertThat(settings(JIB_LABELS).keySet()).isEqualTo(jvm.pairs("LABEL").keySet());
        assertThat(settings(JIB_LABELS))
                .containsEntry(
                        "org.opencontainers.image.description",
                        jvm.pairs("LABEL").get("org.opencontainers.image.description"));
    }

    @Test
    void theCacheIsMadeWithTheHeadersThatItIsUsedWith() throws IOException {
        String headers = "-XX:+UseCompactObjectHeaders";

        assertThat(Dockerfile.named("jvm").entryPoint().get(6)).contains(headers, "-XX:AOTCache=");
        assertThat(Files.readString(Path.of("src/main/docker/train"))).contains(headers, "-XX:AOTMode=on");
    }

    @Test
    @Tag("full")
    void hadolintFindsNothing() throws Exception {
        List<String> command = new ArrayList<>(List.of(Tools.need("hadolint").toString()));
        all().map(file -> file.path().toString()).forEach(command::add);

        assertThat(said(command)).isEmpty();
    }

    @Test
    @Tag("full")
    void shellcheckFindsNothing() throws Exception {
        List<String> command = new ArrayList<>(List.of(Tools.need("shellcheck").toString()));
        try (Stream<Path> files = Files.list(Path.of("src/main/docker"))) {
            files.filter(Files::isExecutable).map(Path::toString).forEach(command::add);
        }

        assertThat(command).hasSizeGreaterThan(4);
        assertThat(said(command)).isEmpty();
    }

    private static String said(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    /** As Docker reads .dockerignore: the last line that fits the file or a folder above it decides. */
    private static boolean isIgnored(String file) {
        boolean ignored = false;
        for (String line : ignoreLines()) {
            String pattern = line.replaceFirst("^!", "");
            var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
            for (Path path = Path.of(file); path != null; path = path.getParent()) {
                if (matcher.matches(path)) {
                    ignored = !line.startsWith("!");
                }
            }
        }
        return ignored;
    }

    private static List<String> ignoreLines() {
        try {
            return Files.readAllLines(Path.of(".dockerignore")).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
