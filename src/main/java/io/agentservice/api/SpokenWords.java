package io.agentservice.api;

/**
 * How much of a message its deltas have shown already. Remembers no text: what was shown is known by its length and a
 * hash.
 */
final class SpokenWords {

    private String kind = "";
    private int chars;
    private int hash;

    void said(String deltaKind, String text) {
        if (!kind.equals(deltaKind)) {
            forget();
            kind = deltaKind;
        }
        chars += text.length();
        hash = hash(hash, text, text.length());
    }

    /** What of a whole message was not shown yet: all of it, unless it begins with what was. */
    String rest(String messageKind, String whole) {
        boolean begun = kind.equals(messageKind) && whole.length() >= chars && hash(0, whole, chars) == hash;
        String rest = begun ? whole.substring(chars) : whole;
        forget();
        return rest;
    }

    boolean isOf(String deltaKind) {
        return kind.equals(deltaKind);
    }

    boolean any() {
        return chars > 0;
    }

    void forget() {
        kind = "";
        chars = 0;
        hash = 0;
    }

    private static int hash(int before, String text, int length) {
        int hash = before;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + text.charAt(i);
        }
        return hash;
    }
}
