package io.agentservice.secrets;

import java.util.Arrays;
import java.util.List;

/**
 * Finds many words in one pass over a text, however many there are: the automaton of Aho and Corasick. States where the
 * way forks, which are few and near the start, have a row for all chars; the others know one char and where to fall back.
 */
final class Automaton {

    static final int START = 0;
    static final int NO_WORD = -1;

    private static final int NONE = -1;

    private final Alphabet alphabet;
    private int states = 1;
    /** By state: the char that leads to it, and its family in the tree of words. */
    private char[] chars = new char[64];

    private int[] firstChild = filled(64);
    private int[] sibling = filled(64);
    private int[] word = filled(64);
    private int[] depth = new int[64];
    /** By state: the one that stands for the longest end of its word which begins another. */
    private final int[] fallBack;

    private final int[] row;
    private final int[] rows;

    /** @param words not empty each; of equal ones the first counts */
    Automaton(List<String> words) {
        alphabet = new Alphabet(words);
        for (int i = 0; i < words.size(); i++) {
            add(words.get(i), i);
        }
        fallBack = new int[states];
        row = filled(states);
        rows = new int[countForks() * alphabet.size()];
        link();
    }

    private static int[] filled(int length) {
        int[] array = new int[length];
        Arrays.fill(array, NONE);
        return array;
    }

    private void add(String text, int number) {
        int state = START;
        for (int i = 0; i < text.length(); i++) {
            int child = child(state, text.charAt(i));
            state = child == NONE ? newState(state, text.charAt(i)) : child;
        }
        if (word[state] == NO_WORD) {
            word[state] = number;
        }
    }

    private int child(int state, char c) {
        int child = firstChild[state];
        while (child != NONE && chars[child] != c) {
            child = sibling[child];
        }
        return child;
    }

    private int newState(int parent, char c) {
        if (states == chars.length) {
            grow(states * 2);
        }
        int state = states++;
        chars[state] = c;
        depth[state] = depth[parent] + 1;
        sibling[state] = firstChild[parent];
        firstChild[parent] = state;
        return state;
    }

    private void grow(int capacity) {
        chars = Arrays.copyOf(chars, capacity);
        depth = Arrays.copyOf(depth, capacity);
        int from = states;
        firstChild = Arrays.copyOf(firstChild, capacity);
        sibling = Arrays.copyOf(sibling, capacity);
        word = Arrays.copyOf(word, capacity);
        for (int[] array : List.of(firstChild, sibling, word)) {
            Arrays.fill(array, from, capacity, NONE);
        }
    }

    private boolean isFork(int state) {
        return depth[state] < 2 || firstChild[state] != NONE && sibling[firstChild[state]] != NONE;
    }

    private int countForks() {
        int forks = 0;
        for (int state = 0; state < states; state++) {
            forks += isFork(state) ? 1 : 0;
        }
        return forks;
    }

    /** Breadth first: who falls back, falls back to a state nearer to the start. */
    private void link() {
        int[] order = new int[states];
        int last = 1;
        int usedRows = 0;
        for (int at = 0; at < states; at++) {
            int state = order[at];
            if (isFork(state)) {
                row[state] = usedRows++ * alphabet.size();
                fillRow(state);
            }
            for (int child = firstChild[state]; child != NONE; child = sibling[child]) {
                fallBack[child] = state == START ? START : after(fallBack[state], chars[child]);
                word[child] = word[child] == NO_WORD ? word[fallBack[child]] : word[child];
                order[last++] = child;
            }
        }
    }

    private void fillRow(int state) {
        for (int column = 0; column < alphabet.size(); column++) {
            rows[row[state] + column] =
                    state == START || column == 0 ? START : after(fallBack[state], alphabet.at(column));
        }
        for (int child = firstChild[state]; child != NONE; child = sibling[child]) {
            rows[row[state] + alphabet.column(chars[child])] = child;
        }
    }

    int after(int state, char c) {
        int at = state;
        while (row[at] == NONE) {
            int child = firstChild[at];
            if (child != NONE && chars[child] == c) {
                return child;
            }
            at = fallBack[at];
        }
        return rows[row[at] + alphabet.column(c)];
    }

    /** The number of the longest word that ends here, or {@link #NO_WORD}. */
    int word(int state) {
        return word[state];
    }

    /** How many of the chars just read may be the beginning of a word. */
    int depth(int state) {
        return depth[state];
    }

    int longest() {
        return Arrays.stream(depth, 0, states).max().orElse(0);
    }

    /** The chars of all words, each with its column; column 0 is for those that no word has. */
    private static final class Alphabet {
        private static final int ASCII = 128;

        private final int[] asciiColumns = new int[ASCII];
        private final char[] known;
        private final int ascii;

        Alphabet(List<String> words) {
            int[] all = words.stream()
                    .flatMapToInt(String::chars)
                    .distinct()
                    .sorted()
                    .toArray();
            known = new char[all.length];
            int small = 0;
            for (int i = 0; i < all.length; i++) {
                known[i] = (char) all[i];
                if (all[i] < ASCII) {
                    asciiColumns[all[i]] = i + 1;
                    small++;
                }
            }
            ascii = small;
        }

        int size() {
            return known.length + 1;
        }

        char at(int column) {
            return known[column - 1];
        }

        int column(char c) {
            if (c < ASCII) {
                return asciiColumns[c];
            }
            int found = ascii == known.length ? -1 : Arrays.binarySearch(known, ascii, known.length, c);
            return found < 0 ? 0 : found + 1;
        }
    }
}
