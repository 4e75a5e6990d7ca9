package io.agentservice.secrets;

import io.agentservice.job.Delta;
import io.agentservice.secrets.SecretMatcher.Found;
import io.agentservice.secrets.SecretMatcher.Scan;
import io.agentservice.store.EventFilter;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts {@code [redacted:NAME]} in the place of every secret, before anything is recorded or shown. */
@Singleton
public final class Redactor implements EventFilter {

    /** From so many chars on, what an end has in common with a secret's beginning is no chance. */
    private static final int SUSPICIOUS = 8;
    /** So few chars of a beginning are shown at once: every other piece would be held back for them. */
    private static final int HARMLESS = 2;
    /** A piece of a message is not held back beyond that, in chars: then it is no secret, or masked as one. */
    private static final int MOST_HELD = 32 * 1024;

    private final KnownSecrets known;

    public Redactor(KnownSecrets known) {
        this.known = known;
    }

    @Override
    public String text(String text) {
        return masked(text, known.matcher().scan(text, false).found(), 0, text.length());
    }

    /** The same for a text that is JSON, and stays so. */
    public String json(String text) {
        return masked(text, known.matcher().scan(text, true).found(), 0, text.length());
    }

    @Override
    public OutputFilter output() {
        return new OfRun();
    }

    private final class OfRun implements OutputFilter {
        private String stderrBefore = "";
        private final Map<Object, Held> held = new HashMap<>();

        /** @param shown how much of the text has been shown */
        private record Held(String text, int shown) {}

        @Override
        public String stdout(String line, boolean cut) {
            Scan scan = known.matcher().scan(line, line.startsWith("{"));
            return masked(line, cut ? withOpenEnd(scan, line.length()) : scan.found(), 0, line.length());
        }

        /**
         * Lines are not held back. Of a secret that is broken across two, what the first has is masked as it goes by,
         * if it is long enough to be one's beginning.
         */
        @Override
        public String stderr(String line) {
            int before = stderrBefore.isEmpty() ? 0 : stderrBefore.length() + 1;
            String text = before == 0 ? line : stderrBefore + "\n" + line;
            Scan scan = known.matcher().scan(text, false);
            stderrBefore = text.substring(scan.openFrom());
            return masked(text, withOpenEnd(scan, text.length()), before, text.length());
        }

        private List<Found> withOpenEnd(Scan scan, int end) {
            if (scan.openChars() < SUSPICIOUS) {
                return scan.found();
            }
            List<Found> all = new java.util.ArrayList<>(scan.found());
            all.removeIf(found -> found.to() > scan.openFrom());
            int from = scan.found().size() == all.size()
                    ? scan.openFrom()
                    : scan.found().get(all.size()).from();
            all.add(new Found(Math.min(from, scan.openFrom()), end, "part"));
            return all;
        }

        @Override
        public Delta delta(Delta delta) {
            Object speaker = List.of(delta.kind(), delta.parent());
            Held before = held.getOrDefault(speaker, new Held("", 0));
            String text = before.text() + delta.text();
            Scan scan = known.matcher().scan(text, false);
            int from = heldFrom(scan, text.length());
            boolean harmless = text.length() - from <= HARMLESS || text.length() > MOST_HELD;
            int until = harmless ? text.length() : Math.max(from, before.shown());
            held.put(speaker, new Held(text.substring(from), until - from));
            return new Delta(delta.kind(), masked(text, scan.found(), before.shown(), until), delta.parent());
        }

        /** What touches the end may go on, and then it is another, or longer. */
        private int heldFrom(Scan scan, int end) {
            int from = scan.openFrom();
            for (Found found : scan.found()) {
                if (found.to() >= Math.min(from, end)) {
                    return Math.min(from, found.from());
                }
            }
            return from;
        }

        @Override
        public void messageEnded() {
            held.clear();
        }
    }

    private static String masked(String text, List<Found> found, int from, int to) {
        if (found.isEmpty() || from == to) {
            return from == 0 && to == text.length() ? text : text.substring(from, to);
        }
        var masked = new StringBuilder(to - from);
        int at = from;
        for (Found secret : found) {
            if (secret.to() <= from || secret.from() >= to) {
                continue;
            }
            masked.append(text, at, Math.max(at, secret.from()))
                    .append("[redacted:")
                    .append(secret.name())
                    .append(']');
            at = Math.min(to, secret.to());
        }
        return masked.append(text, at, to).toString();
    }
}
