package io.agentservice.agent;

/** Parts of a long text, never cut between the two halves of a character. */
final class Excerpt {

    private Excerpt() {}

    /** At most the first {@code maxChars} characters. */
    static String start(String text, int maxChars) {
        int to = Math.min(text.length(), maxChars);
        return text.substring(0, splitsCharacter(text, to) ? to - 1 : to);
    }

    /** At most the last {@code maxChars} characters. */
    static String end(String text, int maxChars) {
        int from = Math.max(0, text.length() - maxChars);
        return text.substring(splitsCharacter(text, from) ? from + 1 : from);
    }

    private static boolean splitsCharacter(String text, int at) {
        return at > 0
                && at < text.length()
                && Character.isHighSurrogate(text.charAt(at - 1))
                && Character.isLowSurrogate(text.charAt(at));
    }
}
