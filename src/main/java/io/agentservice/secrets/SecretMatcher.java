package io.agentservice.secrets;

import io.agentservice.secrets.TokenShapes.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds secrets in a text: those that are known, in every form, and what has the shape of one. */
final class SecretMatcher {

    private final Automaton automaton;
    private final List<String> words;
    private final List<String> names;
    private final int mask;

    /** @param known the names of secrets by the forms in which they are looked for */
    SecretMatcher(Map<String, String> known) {
        words = new ArrayList<>(known.keySet());
        names = new ArrayList<>(known.values());
        TokenShapes.ALL.forEach(shape -> words.add(shape.start()));
        automaton = new Automaton(words);
        mask = Integer.highestOneBit(Math.max(1, automaton.longest())) * 2 - 1;
    }

    /**
     * A part of a text.
     *
     * @param name of what is there
     */
    record Found(int from, int to, String name) {

        int length() {
            return to - from;
        }
    }

    /**
     * What is in a text.
     *
     * @param found in order and apart from each other
     * @param openFrom where that begins which may be the beginning of more; the text's length if nothing may
     * @param openChars how many of the last chars begin a known secret
     */
    record Scan(List<Found> found, int openFrom, int openChars) {}

    /** @param json whether the text is JSON, in which a backslash begins an escape that is one char */
    Scan scan(String text, boolean json) {
        List<Found> found = new ArrayList<>();
        int[] positions = new int[mask + 1];
        int count = 0;
        int state = Automaton.START;
        int openShape = text.length();
        for (int i = 0, after; i < text.length(); i = after) {
            char c = text.charAt(i);
            after = i + 1;
            if (c == '\\' && json) {
                after = afterEscape(text, i);
                c = unescaped(text, i, after);
            }
            if (isBlank(c)) {
                continue;
            }
            state = automaton.after(state, c);
            if (state != Automaton.START) {
                positions[count++ & mask] = i;
                int word = automaton.word(state);
                if (word != Automaton.NO_WORD) {
                    int from = positions[count - words.get(word).length() & mask];
                    openShape = Math.min(openShape, saw(text, word, from, after, found));
                }
            }
        }
        int open = automaton.depth(state);
        int openWord = open == 0 ? text.length() : positions[count - open & mask];
        return new Scan(found, Math.min(openWord, openShape), open);
    }

    /** @return from where the text is open because of it */
    private int saw(String text, int word, int from, int to, List<Found> found) {
        if (word < names.size()) {
            add(new Found(from, to, names.get(word)), found);
            return text.length();
        }
        Shape shape = TokenShapes.ALL.get(word - names.size());
        TokenShapes.Look look = TokenShapes.look(shape, text, from);
        if (look.end() >= 0) {
            add(new Found(from, look.end(), shape.name()), found);
        }
        return look.open() ? from : text.length();
    }

    /** What overlaps is one, with the name of the longer. */
    private static void add(Found next, List<Found> found) {
        Found merged = next;
        while (!found.isEmpty() && merged.from() < found.get(found.size() - 1).to()) {
            Found last = found.remove(found.size() - 1);
            String name = last.length() > merged.length() ? last.name() : merged.name();
            merged = new Found(Math.min(last.from(), merged.from()), Math.max(last.to(), merged.to()), name);
        }
        found.add(merged);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    private static int afterEscape(String text, int backslash) {
        boolean unicode = backslash + 1 < text.length() && text.charAt(backslash + 1) == 'u';
        return Math.min(text.length(), backslash + (unicode ? 6 : 2));
    }

    private static char unescaped(String text, int from, int to) {
        if (to - from == 6) {
            try {
                return (char) Integer.parseInt(text, from + 2, to, 16);
            } catch (NumberFormatException notJson) {
                return '\\';
            }
        }
        char second = to - from == 2 ? text.charAt(from + 1) : '\\';
        return switch (second) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'f' -> '\f';
            default -> second;
        };
    }
}
