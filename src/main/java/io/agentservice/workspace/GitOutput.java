package io.agentservice.workspace;

import java.util.List;

/**
 * What a git command said.
 *
 * @param stderr the last lines of it
 * @param truncated whether it had more to say than was wanted, and was ended for that
 */
record GitOutput(int exitCode, List<String> lines, List<String> stderr, boolean truncated) {

    private static final int MAX_COMPLAINT = 600;

    boolean isGood() {
        return exitCode == 0 || truncated;
    }

    /** The whole output as one word. */
    String word() {
        return lines.isEmpty() ? "" : lines.get(0).strip();
    }

    /** Why it failed, in git's words. */
    String complaint() {
        String said = String.join(
                "; ",
                stderr.stream()
                        .map(line -> line.replaceAll("\\p{Cntrl}", " ").strip())
                        .filter(line -> !line.isEmpty() && !line.startsWith("hint:"))
                        .toList());
        String shown = said.length() > MAX_COMPLAINT ? said.substring(said.length() - MAX_COMPLAINT) : said;
        return shown.isEmpty() ? "exit code " + exitCode : shown;
    }
}
