package io.agentservice.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.agentservice.job.JobSpec;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/** The agents of the workspace, read afresh each time: a push to it may add one. All methods block. */
@Singleton
public final class AgentCatalog {

    private static final Logger LOG = Logger.getLogger(AgentCatalog.class);
    private static final int MAX_DEPTH = 16;
    /** Links are followed, as the CLI does; one that leads to a whole disk must not hold up every submission. */
    private static final int MAX_FILES = 10_000;
    /** A definition is a prompt of some pages; what is larger is something else. */
    private static final long MAX_BYTES = 1 << 20;

    private final DefinitionFolders folders;

    @Inject
    public AgentCatalog(DefinitionFolders folders) {
        this.folders = folders;
    }

    AgentCatalog(Path workspace) {
        this(new DefinitionFolders.Fixed(workspace));
    }

    /** All agents by name, of all places that policies name. Where several files have one name, the last counts. */
    public List<AgentDefinition> list() {
        Map<String, AgentDefinition> agents = new TreeMap<>();
        folders.all().forEach(folder -> read(folder, agents));
        return List.copyOf(agents.values());
    }

    /**
     * The agents that are defined where a job of this agent would work.
     *
     * @throws IOException if that is a repository that could not be fetched yet
     */
    public List<AgentDefinition> list(AgentName agent, JobSpec.Source source) throws IOException {
        Map<String, AgentDefinition> agents = new TreeMap<>();
        read(folders.of(agent, source), agents);
        if (!agents.containsKey(agent.value()) && folders.refresh(agent, source)) {
            // It may have been pushed a second ago.
            read(folders.of(agent, source), agents);
        }
        return List.copyOf(agents.values());
    }

    private static void read(Path workspace, Map<String, AgentDefinition> into) {
        for (Path file : files(workspace.resolve(".claude").resolve("agents"))) {
            read(file).ifPresent(agent -> into.put(agent.name().value(), agent));
        }
    }

    private static List<Path> files(Path folder) {
        var markdown = new MarkdownFiles();
        try {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, markdown);
        } catch (IOException e) {
            LOG.warnf("could not list the agents in %s: %s", folder, e.getMessage());
        }
        return markdown.found.stream().sorted().toList();
    }

    /** What cannot be entered or has just been removed is passed over: it hides itself, not the others. */
    private static final class MarkdownFiles extends SimpleFileVisitor<Path> {
        private final List<Path> found = new ArrayList<>();
        private int visited;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()
                    && attributes.size() <= MAX_BYTES
                    && file.toString().endsWith(".md")) {
                found.add(file);
            }
            return ++visited < MAX_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException e) {
            return FileVisitResult.CONTINUE;
        }
    }

    private static Optional<AgentDefinition> read(Path file) {
        try {
            return FrontMatter.parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            LOG.warnf("the front matter of %s is not YAML: %s", file, e.getOriginalMessage());
        } catch (IOException e) {
            LOG.warnf("could not read %s: %s", file, e.getMessage());
        }
        return Optional.empty();
    }
}
