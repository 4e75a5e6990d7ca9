package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is released: built again elsewhere by somebody in Tokyo, the same files come out, and the list of them is true. */
@Tag("full")
class ReleaseIT {

    private static final Path HERE = Path.of("target/quarkus-app");
    private static final String GENERATED = "quarkus/generated-bytecode.jar";
    /** Numbered in the order in which threads come by, and by sets that the JVM puts in another order each time: ADR 0027. */
    private static final Set<String> NUMBERED = Set.of("io/quarkus/runner/recorded/", "io/quarkus/runtime/generated/");
    /** Quarkus takes classes out of it. */
    private static final String CHANGED = "opentelemetry-exporter-otlp";
    /** For development: Quarkus leaves it out. */
    private static final String LEFT_OUT = "quarkus-ide-launcher";

    private static final int PATIENCE_MINUTES = 15;

    @TempDir
    private static Path folder;

    private static Path elsewhere;

    @BeforeAll
    static void buildItElsewhere() throws Exception {
        elsewhere = folder.resolve("a/checkout in another place");
        build(elsewhere, "umask 077; export TZ=Asia/Tokyo LC_ALL=C", "-Prelease");
        said(elsewhere, ".ci/dist");
    }

    private static void build(Path where, String surroundings, String options) throws Exception {
        for (String file : said(Path.of(""), "git ls-files --cached --others --exclude-standard")
                .split("\n")) {
            if (Files.isRegularFile(Path.of(file))) {
                Path copy = where.resolve(file);
                Files.createDirectories(copy.getParent());
                Files.copy(Path.of(file), copy, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }

        said(
                where,
                surroundings + "; ./mvnw -B -ntp -q package -DskipTests -Dmaven.test.skip=true "
                        + "-Dspotless.check.skip=true " + options);
    }

    /** Fails unless the command succeeds. */
    private static String said(Path in, String command) throws Exception {
        Path out = folder.resolve("out-" + System.nanoTime());
        var builder = new ProcessBuilder("sh", "-ec", command)
                .directory(in.toAbsolutePath().toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MAVEN_"));
        Process process = builder.start();
        boolean ended = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        String said = Files.readString(out);
        assertThat(ended && process.exitValue() == 0)
                .as("%s%n%s", command, said)
                .isTrue();
        return said;
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Checksums by path. */
    private static Map<String, String> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .collect(Collectors.toMap(
                            file -> root.relativize(file).toString(),
                            ReleaseIT::sha256,
                            (one, other) -> one,
                            TreeMap::new));
        }
    }

    private static String sha256(Path file) {
        try {
            return sha256(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Checksums by entry. */
    private static Map<String, String> entries(Path jar) throws IOException {
        Map<String, String> entries = new TreeMap<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (var entry : zip.stream().toList()) {
                try (InputStream content = zip.getInputStream(entry)) {
                    entries.put(entry.getName(), sha256(content.readAllBytes()));
                }
            }
        }
        return entries;
    }

    /** Where two builds differ, a third one decides, in yet another place: ADR 0027. */
    @Test
    void theSameSourcesGiveTheSameFiles() throws Exception {
        Path there = elsewhere.resolve(HERE);
        String different = differences(HERE, there);
        if (!different.isEmpty()) {
            Path third = folder.resolve("third").resolve(HERE);
            build(folder.resolve("third"), "umask 022; export TZ=America/Lima LC_ALL=C.UTF-8", "");
            String thirdAndHere = differences(HERE, third);
            String thirdAndThere = differences(there, third);
            String said = "here, there: %s; here, third: %s; there, third: %s"
                    .formatted(different, thirdAndHere, thirdAndThere);
            System.out.println("The package differed once; " + said);
            assertThat(thirdAndHere.isEmpty() || thirdAndThere.isEmpty())
                    .as(said)
                    .isTrue();
        }
    }

    private static Set<String> different(Map<String, String> here, Map<String, String> there) {
        return Stream.concat(here.keySet().stream(), there.keySet().stream())
                .filter(name -> !Objects.equals(here.get(name), there.get(name)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** In one line, as reports show no more: for each file but the one of ADR 0027 which entries or what byte differ. */
    private static String differences(Path one, Path other) throws IOException {
        Map<String, String> first = files(one);
        Map<String, String> second = files(other);
        assertThat(second).hasSizeGreaterThan(200).containsOnlyKeys(first.keySet());
        first.remove(GENERATED);
        second.remove(GENERATED);
        var said = new StringBuilder();
        for (String name : different(first, second)) {
            if (name.endsWith(".jar")) {
                said.append(name).append(different(entries(one.resolve(name)), entries(other.resolve(name))));
            } else {
                said.append(name).append(" at byte ").append(Files.mismatch(one.resolve(name), other.resolve(name)));
            }
        }
        return said.toString();
    }

    @Test
    void whatQuarkusGeneratesIsTheSameButForWhatItNumbers() throws Exception {
        Map<String, String> here = entries(HERE.resolve(GENERATED));
        Map<String, String> there = entries(elsewhere.resolve(HERE).resolve(GENERATED));

        assertThat(there).hasSizeGreaterThan(500).containsOnlyKeys(here.keySet());
        assertThat(different(here, there)).allMatch(entry -> NUMBERED.stream().anyMatch(entry::startsWith));
    }

    @Test
    void theSbomListsWhatIsInThePackage() throws Exception {
        JsonNode sbom =
                new ObjectMapper().readTree(elsewhere.resolve("target/bom.json").toFile());
        Map<String, JsonNode> listed = StreamSupport.stream(
                        sbom.path("components").spliterator(), false)
                .collect(Collectors.toMap(ReleaseIT::jarName, component -> component));
        Map<String, String> packed = new TreeMap<>();
        files(HERE.resolve("lib")).forEach((path, sum) -> packed.put(path.replaceFirst(".*/", ""), sum));

        assertThat(listed.keySet().stream().filter(name -> !name.contains(LEFT_OUT)))
                .containsExactlyInAnyOrderElementsOf(packed.keySet());
        packed.forEach((name, sum) -> {
            JsonNode component = listed.get(name);
            assertThat(component.path("licenses")).as("licences of %s", name).isNotEmpty();
            if (!name.contains(CHANGED)) {
                assertThat(component.path("hashes").toString())
                        .as("hashes of %s", name)
                        .contains(sum);
            }
        });
    }

    /** As Quarkus names the jars of a package. */
    private static String jarName(JsonNode component) {
        String classifier = component
                .path("purl")
                .asText()
                .replaceFirst("^[^?]*\\??", "")
                .lines()
                .flatMap(query -> Stream.of(query.split("&")))
                .filter(part -> part.startsWith("classifier="))
                .map(part -> "-" + part.substring("classifier=".length()))
                .collect(Collectors.joining());
        return component.path("group").asText() + "." + component.path("name").asText() + "-"
                + component.path("version").asText() + classifier + ".jar";
    }

    @Test
    void theSameFilesGiveTheSameArchiveAndAreInIt() throws Exception {
        Path dist = elsewhere.resolve("target/dist");
        String first = Files.readString(dist.resolve("SHA256SUMS"));

        said(elsewhere, "umask 022; touch target/quarkus-app/*; TZ=America/Lima .ci/dist");

        assertThat(Files.readString(dist.resolve("SHA256SUMS"))).isEqualTo(first);
        String unpacked = said(
                dist,
                "sha256sum --check SHA256SUMS >&2; tar xzf *.tar.gz; ls -d claude-agent-service-*/quarkus-run.jar");
        Path jar = dist.resolve(unpacked.lines().reduce((one, other) -> other).orElseThrow());
        assertThat(files(jar.getParent())).containsAllEntriesOf(files(elsewhere.resolve(HERE)));
        assertThat(Files.readString(jar.resolveSibling("LICENSE"), StandardCharsets.UTF_8))
                .contains("Apache License");
    }
}
