package io.agentservice.secrets;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What tokens of well-known makers look like: those that nobody told us of are masked by their shape. */
final class TokenShapes {

    /** A private key is not longer, in chars. */
    private static final int MOST = 16 * 1024;

    private static final String PEM = "-----BEGIN";

    /**
     * @param start by which it is noticed
     * @param rest all of it, from the start
     */
    record Shape(String name, String start, Pattern rest) {

        static Shape of(String name, String start, String rest) {
            return new Shape(name, start, Pattern.compile(Pattern.quote(start) + rest));
        }
    }

    private static final String WORD = "[A-Za-z0-9_-]";

    static final List<Shape> ALL = List.of(
            Shape.of("github-token", "ghp_", "[A-Za-z0-9]{30,}"),
            Shape.of("github-token", "gho_", "[A-Za-z0-9]{30,}"),
            Shape.of("github-token", "ghu_", "[A-Za-z0-9]{30,}"),
            Shape.of("github-token", "ghs_", "[A-Za-z0-9]{30,}"),
            Shape.of("github-token", "ghr_", "[A-Za-z0-9]{30,}"),
            Shape.of("github-token", "github_pat_", "[A-Za-z0-9_]{30,}"),
            Shape.of("gitlab-token", "glpat-", WORD + "{20,}"),
            Shape.of("anthropic-key", "sk-ant-", WORD + "{20,}"),
            Shape.of("slack-token", "xoxb-", "[A-Za-z0-9-]{10,}"),
            Shape.of("slack-token", "xoxp-", "[A-Za-z0-9-]{10,}"),
            Shape.of("slack-token", "xoxa-", "[A-Za-z0-9-]{10,}"),
            Shape.of("slack-token", "xoxr-", "[A-Za-z0-9-]{10,}"),
            Shape.of("slack-token", "xoxs-", "[A-Za-z0-9-]{10,}"),
            Shape.of("aws-key", "AKIA", "[A-Z0-9]{16}(?![A-Za-z0-9])"),
            Shape.of("aws-key", "ASIA", "[A-Z0-9]{16}(?![A-Za-z0-9])"),
            Shape.of("vault-token", "hvs.", WORD + "{20,}"),
            Shape.of("vault-token", "hvb.", WORD + "{20,}"),
            Shape.of("npm-token", "npm_", "[A-Za-z0-9]{36}"),
            Shape.of("google-key", "AIza", WORD + "{35}"),
            Shape.of("jwt", "eyJ", WORD + "{8,}\\.eyJ" + WORD + "{8,}\\." + WORD + "{8,}"),
            Shape.of("private-key", PEM, " [A-Z0-9 ]{0,40}PRIVATE KEY-----"));

    private static final Pattern PEM_END = Pattern.compile("-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----");

    private TokenShapes() {}

    /**
     * What stands where a shape's start was found.
     *
     * @param end where it ends; -1 if it is none
     * @param open whether it would be one, or more of one, if the text went on
     */
    record Look(int end, boolean open) {

        static final Look NOTHING = new Look(-1, false);
    }

    static Look look(Shape shape, String text, int start) {
        if (!isAtEdge(text, start)) {
            return Look.NOTHING;
        }
        int limit = Math.min(text.length(), start + MOST);
        Matcher matcher = shape.rest().matcher(text).region(start, limit);
        boolean found = matcher.lookingAt();
        if (!found || !shape.start().equals(PEM)) {
            return new Look(found ? matcher.end() : -1, matcher.hitEnd() && limit == text.length());
        }
        int end = pemEnd(text, matcher.end(), limit);
        return new Look(end, end == text.length());
    }

    /** Up to the end that the key names, or to what cannot be in one. A line feed may be an escape, also twice. */
    private static int pemEnd(String text, int from, int limit) {
        int i = from;
        while (i < limit) {
            char c = text.charAt(i);
            if (c == '-' && text.startsWith("--", i)) {
                Matcher end = PEM_END.matcher(text).region(i, text.length());
                return end.lookingAt() ? end.end() : i;
            }
            int after = c == '\\' ? afterEscape(text, i) : i + 1;
            if (after == i || c != '\\' && !isInKey(c)) {
                return i;
            }
            i = after;
        }
        return Math.min(i, text.length());
    }

    private static int afterEscape(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) == '\\') {
            i++;
        }
        return i < text.length() && "nrt".indexOf(text.charAt(i)) >= 0 ? i + 1 : from;
    }

    private static boolean isInKey(char c) {
        return c < 128 && (Character.isLetterOrDigit(c) || "+/=:,- \n\r\t".indexOf(c) >= 0);
    }

    /** Not in the middle of something longer, but for what follows an escape such as {@code \n}. */
    private static boolean isAtEdge(String text, int start) {
        if (start == 0) {
            return true;
        }
        char before = text.charAt(start - 1);
        boolean inWord = before < 128 && (Character.isLetterOrDigit(before) || before == '_');
        return !inWord || start > 1 && text.charAt(start - 2) == '\\';
    }
}
