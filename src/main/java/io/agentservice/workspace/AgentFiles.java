package io.agentservice.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** Copies the definitions of agents from one folder to another; links are left out. */
final class AgentFiles {

    private static final Path AGENTS = Path.of(".claude", "agents");
    private static final int MAX_DEPTH = 16;

    private AgentFiles() {}

    static void copy(Path from, Path to) throws IOException {
        Path source = from.resolve(AGENTS);
        if (!Files.isDirectory(source)) {
            return;
        }
        List<Path> files;
        try (var all = Files.walk(source, MAX_DEPTH)) {
            files = all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
        }
        for (Path file : files) {
            Path target = to.resolve(from.relativize(file));
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
        }
    }
}
