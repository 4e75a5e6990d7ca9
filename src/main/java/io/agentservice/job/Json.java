package io.agentservice.job;

/**
 * One JSON value as compact text. It lets the words of this package carry what an agent or a caller said without
 * knowing a JSON library; whoever makes one vouches that it parses.
 */
public record Json(String text) {

    public static final Json EMPTY_OBJECT = new Json("{}");
    public static final Json EMPTY_ARRAY = new Json("[]");

    public Json {
        if (text.isBlank()) {
            throw new IllegalArgumentException("blank text is not JSON");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
