package io.agentservice.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.agentservice.workspace.Workspaces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** The agents of the workspace, read afresh each time: a push to it may add one. All methods block. */
@Singleton
public final class AgentCatalog {

    private static final Logger LOG = Logger.getLogger(AgentCatalog.class);
    private static final int MAX_DEPTH = 4;
    /** A definition is a prompt of some pages; what is larger is something else. */
    private static final long MAX_BYTES = 1 << 20;

    private final Path folder;

    @Inject
    public AgentCatalog(Workspaces workspaces) {
        this(workspaces.directory());
    }

    AgentCatalog(Path workspace) {
        this.folder = workspace.resolve(".claude").resolve("agents");
    }

    /** All agents by name. */
    public List<AgentDefinition> list() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder, MAX_DEPTH)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .flatMap(file -> read(file).stream())
                    .sorted(Comparator.comparing(agent -> agent.name().value()))
                    .toList();
        } catch (IOException e) {
            LOG.warnf("could not list the agents in %s: %s", folder, e.getMessage());
            return List.of();
        }
    }

    public Optional<AgentDefinition> find(AgentName name) {
        return list().stream().filter(agent -> agent.name().equals(name)).findFirst();
    }

    private static Optional<AgentDefinition> read(Path file) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
                return Optional.empty();
            }
            return FrontMatter.parse(Files.readString(file));
        } catch (JsonProcessingException e) {
            LOG.warnf("the front matter of %s is not YAML: %s", file, e.getOriginalMessage());
        } catch (IOException e) {
            LOG.warnf("could not read %s: %s", file, e.getMessage());
        }
        return Optional.empty();
    }
}
