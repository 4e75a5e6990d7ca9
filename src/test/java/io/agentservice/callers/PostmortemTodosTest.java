package io.agentservice.callers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.testing.Shell;
import io.agentservice.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of post-mortems, as people write them, and the TODOs that are found there. */
class PostmortemTodosTest {

    private static final String SCRIPT =
            Path.of("integrations/shell/postmortem-todos").toAbsolutePath().toString();
    private static final Path CASES = Path.of("src/test/resources/postmortems/cases");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private static Shell.Ran todos(Shell shell, List<String> files) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(SCRIPT));
        arguments.addAll(files);
        try (Shell.Running running = shell.start(CASES, Map.of(), "", arguments.toArray(String[]::new))) {
            return running.await();
        }
    }

    private void assertGolden(Shell shell) throws IOException {
        List<String> files;
        try (Stream<Path> all = Files.list(CASES)) {
            files = all.map(file -> file.getFileName().toString()).sorted().toList();
        }

        Shell.Ran ran = todos(shell, files);

        assertThat(ran.err()).isEmpty();
        assertThat(ran.code()).isZero();
        assertThat(JSON.readTree(ran.out()))
                .isEqualTo(JSON.readTree(
                        Path.of("src/test/resources/postmortems/todos.json").toFile()));
    }

    @Test
    void bothFormatsAreReadAndOnlyWhatIsSafeIsKept() throws IOException {
        Tools.need("jq");
        assertGolden(Shell.sh(folder));
    }

    @Test
    @Tag("full")
    void busyboxReadsTheSame() throws IOException {
        assertGolden(Shell.busybox(folder));
    }

    @Test
    void aFileThatIsNotThereIsAnError() throws IOException {
        Tools.need("jq");
        assertThat(todos(Shell.sh(folder), List.of("README.md", "nothing.md")))
                .isEqualTo(new Shell.Ran(2, "", "postmortem-todos: cannot read nothing.md\n"));
    }
}
