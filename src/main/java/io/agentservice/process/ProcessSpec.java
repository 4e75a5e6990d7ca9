package io.agentservice.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to start.
 *
 * @param environment the child's whole environment: nothing of ours is inherited
 * @param confinement how its tree is kept together and from others
 * @param maxLineBytes where a longer line of output is cut, in bytes
 */
public record ProcessSpec(
        List<String> command,
        Path directory,
        Map<String, String> environment,
        Confinement confinement,
        int maxLineBytes) {

    /** The variable by which descendants are found again where the kernel does not keep them together. */
    public static final String MARKER = "CLAUDE_AGENT_SERVICE_RUN";

    public ProcessSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        if (command.isEmpty() || maxLineBytes <= 0) {
            throw new IllegalArgumentException("a process needs a command and room for a line");
        }
    }
}
