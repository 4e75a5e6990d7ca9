package io.agentservice.secrets;

import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Every secret that this life of the service has had to do with, also those that were replaced since. Those of all jobs
 * together: what one was given must not come out by another either.
 */
@Singleton
public final class KnownSecrets {

    private static final Logger LOG = Logger.getLogger(KnownSecrets.class);
    /** In chars, all together: a char of a secret costs about 400 bytes. Beyond that the oldest are forgotten. */
    private static final int MOST = 64 * 1024;

    private static final int LONGEST = 16 * 1024;
    private static final Pattern NOT_IN_NAMES = Pattern.compile("[^A-Za-z0-9_.-]");

    private final Map<String, String> names = new LinkedHashMap<>();
    private final Set<String> tooShort = new HashSet<>();
    private int chars;
    private volatile SecretMatcher matcher;

    /**
     * Keeps a value out of everything that is recorded from now on.
     *
     * @param name what stands in its place, as in {@code [redacted:NAME]}
     */
    public synchronized void remember(String name, String value) {
        if (value.strip().length() < SecretForms.SHORTEST || value.length() > LONGEST) {
            if (tooShort.add(name)) {
                LOG.warnf(
                        "a secret cannot be kept out of outputs: its length is not between %d and %d name=%s",
                        SecretForms.SHORTEST, LONGEST, name);
            }
            return;
        }
        if (names.putIfAbsent(value, NOT_IN_NAMES.matcher(name).replaceAll("_")) == null) {
            chars += value.length();
            forgetOldest();
            matcher = null;
        }
    }

    private void forgetOldest() {
        var oldest = names.keySet().iterator();
        while (chars > MOST) {
            chars -= oldest.next().length();
            oldest.remove();
        }
    }

    /** For what is known now. Made anew when a secret has come, which takes some milliseconds for each. */
    SecretMatcher matcher() {
        SecretMatcher current = matcher;
        return current == null ? renewed() : current;
    }

    private synchronized SecretMatcher renewed() {
        if (matcher == null) {
            Map<String, String> forms = new LinkedHashMap<>();
            names.forEach((value, name) -> SecretForms.of(value).forEach(form -> forms.putIfAbsent(form, name)));
            matcher = new SecretMatcher(forms);
        }
        return matcher;
    }
}
