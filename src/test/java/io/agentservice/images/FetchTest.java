package io.agentservice.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.testing.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What puts programs of others into an image takes none that is not the one we know. */
class FetchTest {

    private static final String PROGRAM = "#!/bin/sh\necho I am it\n";
    private static final String OTHER = "0".repeat(64);

    @TempDir
    Path folder;

    @Test
    void aProgramWithTheSumThatWeKnowIsInstalled() throws Exception {
        var ran = fetch("amd64", "amd64=" + sum(), "arm64=" + OTHER);

        assertThat(ran.err()).isEmpty();
        assertThat(ran.code()).isZero();
        assertThat(folder.resolve("fetched/tool")).hasContent(PROGRAM).isExecutable();
    }

    @Test
    void aProgramWithAnotherSumIsNotInstalled() throws Exception {
        var ran = fetch("arm64", "amd64=" + sum(), "arm64=" + OTHER);

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains(sum(), OTHER, "nothing was installed");
        assertThat(folder.resolve("fetched")).doesNotExist();
    }

    @Test
    void withoutASumThereIsNoProgram() throws Exception {
        assertThat(fetch("riscv64", "amd64=" + sum(), "arm64=" + OTHER).err())
                .contains("no SHA-256 of tool is known for riscv64");
        assertThat(fetch("amd64", "amd64=", "arm64=").err()).contains("no SHA-256 of tool is known for amd64");
        assertThat(fetch("", "amd64=" + sum()).err()).contains("build with BuildKit");
        assertThat(folder.resolve("fetched")).doesNotExist();
    }

    private static String sum() throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(PROGRAM.getBytes()));
    }

    /** With a curl that brings PROGRAM whatever it is asked for. */
    private Shell.Ran fetch(String architecture, String... sums) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path curl = Files.writeString(bin.resolve("curl"), """
                #!/bin/sh
                while [ "$1" != -o ]; do shift; done
                printf '%s' '""" + PROGRAM + "' >\"$2\"\n");
        assertThat(curl.toFile().setExecutable(true)).isTrue();
        String[] arguments = new String[3 + sums.length];
        arguments[0] = "src/main/docker/fetch";
        arguments[1] = "tool";
        arguments[2] = "https://example.org/tool";
        System.arraycopy(sums, 0, arguments, 3, sums.length);
        return Shell.sh(folder)
                .run(
                        Map.of(
                                "PATH",
                                bin + ":" + System.getenv("PATH"),
                                "FETCHED",
                                folder.resolve("fetched").toString(),
                                "TARGETARCH",
                                architecture),
                        "",
                        arguments);
    }
}
