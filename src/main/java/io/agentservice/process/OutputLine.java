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

    /** How long it was when it was written, with what was cut and its line feed. */
    public long bytes() {
        long bytes = droppedBytes + 1;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            // Each half of a pair stands for two of its four.
            bytes += unit < 0x80 ? 1 : unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
        }
        return bytes;
    }

    /** About what it holds in memory, in bytes. */
    int weight() {
        return 64 + text.length();
    }
}
