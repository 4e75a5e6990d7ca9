package io.agentservice.process;

/**
 * One line that a process wrote.
 *
 * @param text without its line feed; bytes that are not UTF-8 read as U+FFFD
 * @param droppedBytes how much of it was cut for being too long
 */
public record OutputLine(Source source, String text, long droppedBytes) {

    public enum Source {
        STDOUT,
        STDERR
    }

    /** About what it holds in memory, in bytes. */
    int weight() {
        return 64 + text.length();
    }
}
