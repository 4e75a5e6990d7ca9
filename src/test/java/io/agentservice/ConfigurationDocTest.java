package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.testing.ConfigReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/configuration.md names every key there is. It is made here: take target/configuration.md. */
class ConfigurationDocTest {

    private static final Path DOC = Path.of("docs/configuration.md");
    private static final String MARK = "<!-- generated from the config interfaces: see ConfigurationDocTest -->\n";

    @Test
    void theReferenceIsCurrent() throws IOException {
        String now = Files.readString(DOC);
        String expected = now.substring(0, now.indexOf(MARK) + MARK.length())
                + "\n"
                + ConfigReference.read().markdown().stripTrailing()
                + "\n";
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target/configuration.md"), expected);

        assertThat(now)
                .as("docs/configuration.md; if the keys are meant so: cp target/configuration.md docs/")
                .isEqualTo(expected);
    }

    @Test
    void eachVariableThatACommentPromisesIsRead() throws IOException {
        ConfigReference reference = ConfigReference.read();

        List<String> promised = reference.groups().values().stream()
                .flatMap(List::stream)
                .flatMap(key -> key.variable().stream())
                .toList();

        assertThat(promised).hasSizeGreaterThan(15).allMatch(reference::reads, "is read by application.properties");
    }
}
