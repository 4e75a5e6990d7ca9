package io.agentservice.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * What the CLI has written down of a conversation in its CLAUDE_CONFIG_DIR:
 *
 * <pre>
 *   projects/FOLDER/SESSION.jsonl                      the agent
 *   projects/FOLDER/SESSION/subagents/agent-….jsonl    each sub-agent
 * </pre>
 *
 * <p>It is the CLI's own format (2.1.330): what is not understood counts as not there. A line may be torn by a crash;
 * the CLI passes over it, and so do we. All methods block.
 */
final class Transcript {

    private static final Logger LOG = Logger.getLogger(Transcript.class);
    private static final Set<String> SPOKEN = Set.of("user", "assistant");

    private static final int DEPTH = 4;
    private static final long MAX_BYTES = 256L << 20;

    private final Path conversation;
    private final String session;
    private final ObjectMapper json;

    Transcript(Path conversation, String session, ObjectMapper json) {
        this.conversation = conversation;
        this.session = session;
        this.json = json;
    }

    /** Whether there is a conversation that can go on; the CLI refuses one without a message. */
    boolean canGoOn() {
        var spoken = new boolean[1];
        main().forEach(file -> read(file, line -> spoken[0] |= SPOKEN.contains(type(line))));
        return spoken[0];
    }

    /** Removes what cannot go on: the CLI would call its session id taken. */
    void remove() {
        for (Path file : main()) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.warnf("a transcript could not be removed: %s", e.getMessage());
            }
        }
    }

    /** What a run that began then found as spent, by model: the CLI counts on from there. */
    JsonNode spentBefore(Instant start) {
        var spent = new JsonNode[] {MissingNode.getInstance()};
        var begun = new boolean[1];
        main().forEach(file -> read(file, line -> {
            begun[0] |= line.has("timestamp") && !writtenBefore(start, line);
            if (!begun[0] && type(line).equals("cost-state")) {
                spent[0] = line.path("modelUsage");
            }
        }));
        return spent[0];
    }

    /** Counts the calls, those of sub-agents too, whose answers were written down since then. */
    void meter(Instant since, UsageMeter meter) {
        all().forEach(file -> read(file, line -> {
            if (type(line).equals("assistant") && !writtenBefore(since, line)) {
                meter.saw(line.path("message"));
            }
        }));
    }

    private static boolean writtenBefore(Instant since, JsonNode line) {
        try {
            return Instant.parse(line.path("timestamp").asText()).isBefore(since);
        } catch (DateTimeException unknown) {
            return true;
        }
    }

    private static String type(JsonNode line) {
        return line.path("type").asText();
    }

    private List<Path> main() {
        return files(path -> path.getFileName().toString().equals(session + ".jsonl"));
    }

    private List<Path> all() {
        Path subagents = Path.of(session, "subagents");
        return files(path -> path.getFileName().toString().equals(session + ".jsonl")
                || path.getParent().endsWith(subagents) && path.toString().endsWith(".jsonl"));
    }

    private List<Path> files(Predicate<Path> wanted) {
        Path projects = conversation.resolve("projects");
        if (!Files.isDirectory(projects, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(projects, DEPTH)) {
            return paths.filter(wanted).filter(Transcript::isReadable).toList();
        } catch (IOException | UncheckedIOException e) {
            LOG.warnf("a conversation could not be read: %s", e.getMessage());
            return List.of();
        }
    }

    /** The agent can write here too: a link may lead anywhere, and a file may be made as large as the disk. */
    private static boolean isReadable(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && file.toFile().length() <= MAX_BYTES;
    }

    private void read(Path file, Consumer<JsonNode> line) {
        try (var in = new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            for (String text; (text = in.readLine()) != null; ) {
                parse(text, line);
            }
        } catch (IOException e) {
            LOG.warnf("a transcript could not be read: %s", e.getMessage());
        }
    }

    private void parse(String text, Consumer<JsonNode> line) {
        try {
            line.accept(json.readTree(text));
        } catch (JsonProcessingException | NumberFormatException torn) {
            // The CLI passes over it too.
        }
    }
}
