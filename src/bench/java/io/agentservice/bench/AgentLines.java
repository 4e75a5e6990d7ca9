package io.agentservice.bench;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Lines as the CLI writes them: the fields and sizes are those of recorded runs. Each ends with a line feed. */
final class AgentLines {

    private static final String WORDS =
            "the build fails in module core because a test waits for a port that another test still holds ";
    private static final String SESSION = "\"session_id\":\"f96f3b33-1e79-416f-970b-1d496c905966\","
            + "\"parent_tool_use_id\":null,\"uuid\":\"daf8d931-5b48-441a-a58a-e5b5448364e7\"";
    private static final String USAGE = "\"usage\":{\"input_tokens\":100,\"cache_creation_input_tokens\":0,"
            + "\"cache_read_input_tokens\":0,\"output_tokens\":1}";
    private static final int DELTAS_PER_MESSAGE = 60;
    private static final int DELTAS_PER_CALL = 15;

    private AgentLines() {}

    /**
     * Writes turns (a message and a tool call in pieces and whole, then the tool's result) until there are so many
     * bytes. Half of the bytes are pieces, which are shown and not recorded.
     */
    static void write(Path file, long bytes) throws IOException {
        var random = new Random(1);
        try (Writer out = Files.newBufferedWriter(file)) {
            for (long written = 0; written < bytes; ) {
                String turn = turn(random);
                out.write(turn);
                written += turn.length();
            }
        }
    }

    private static String turn(Random random) {
        var turn = new StringBuilder();
        turn.append("{\"type\":\"system\",\"subtype\":\"status\",\"status\":\"requesting\"," + SESSION + "}\n");
        for (int i = 0; i < DELTAS_PER_MESSAGE; i++) {
            turn.append(delta("\"type\":\"text_delta\",\"text\":\"" + words(random, 8) + "\""));
        }
        turn.append(message(words(random, 480)));
        for (int i = 0; i < DELTAS_PER_CALL; i++) {
            turn.append(delta("\"type\":\"input_json_delta\",\"partial_json\":\"" + words(random, 12) + "\""));
        }
        turn.append(assistant("{\"type\":\"tool_use\",\"id\":\"toolu_1\",\"name\":\"Bash\",\"input\":{\"command\":\""
                + words(random, 120) + "\",\"description\":\"x\"}}"));
        turn.append(toolResult(words(random, 200 << random.nextInt(7))));
        return turn.toString();
    }

    static String message(String text) {
        return assistant("{\"type\":\"text\",\"text\":\"" + text + "\"}");
    }

    private static String assistant(String block) {
        return "{\"type\":\"assistant\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\","
                + "\"model\":\"claude-opus\",\"content\":[" + block + "],\"stop_reason\":null,\"stop_sequence\":null,"
                + USAGE + ",\"context_management\":null}," + SESSION + ",\"request_id\":\"req_1\"}\n";
    }

    private static String delta(String delta) {
        return "{\"type\":\"stream_event\",\"event\":{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{" + delta
                + "}}," + SESSION + ",\"api_message_id\":\"msg_1\"}\n";
    }

    /** The CLI writes what a tool said twice: as the model sees it, and as the tool gave it. */
    private static String toolResult(String text) {
        String lines = text.replace("because ", "because\\n");
        return "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":[{\"tool_use_id\":\"toolu_1\","
                + "\"type\":\"tool_result\",\"content\":\"" + lines + "\",\"is_error\":false}]}," + SESSION
                + ",\"tool_use_result\":{\"stdout\":\"" + lines + "\",\"stderr\":\"\",\"interrupted\":false}}\n";
    }

    private static String words(Random random, int length) {
        int from = random.nextInt(WORDS.length());
        return WORDS.repeat(length / WORDS.length() + 2).substring(from, from + length);
    }
}
