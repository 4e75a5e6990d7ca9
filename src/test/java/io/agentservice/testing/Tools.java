package io.agentservice.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;

/** Programs that a test needs and a machine may not have. */
public final class Tools {

    private Tools() {}

    /** Skips the test where there is no such program: from .ci/kubernetes, on PATH, in the folders of an administrator. */
    public static Path need(String name) {
        String path = "target/kubernetes/bin:" + System.getenv("PATH") + File.pathSeparator + "/usr/sbin:/sbin";
        return Arrays.stream(path.split(File.pathSeparator))
                .map(folder -> Path.of(folder, name).toAbsolutePath())
                .filter(Files::isExecutable)
                .findFirst()
                .orElseGet(() -> {
                    Assumptions.abort(name + " is not installed");
                    return Path.of(name);
                });
    }
}
