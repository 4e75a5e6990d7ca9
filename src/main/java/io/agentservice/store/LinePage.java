package io.agentservice.store;

import java.util.List;

/**
 * Some lines of the CLI's in order, as they came.
 *
 * @param last the sequence up to which these were looked for
 * @param complete whether there are no more now
 */
public record LinePage(List<String> lines, long last, boolean complete) {

    public LinePage {
        lines = List.copyOf(lines);
    }
}
