package io.agentservice.access;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The tokens that open the door now. Each source (the configuration, a file, Vault) hands over all that it has, at
 * start and whenever that changes; from then on its earlier ones are gone. What a source cannot read changes nothing.
 *
 * <p>A value that was replaced by another one of the same name is accepted for a grace time more, so that callers may
 * be told one after the other. A value that was taken away without a new one is gone at once.
 */
@Singleton
public final class TokenBook {

    private static final Logger LOG = Logger.getLogger(TokenBook.class);

    private final Clock clock;
    private final AccessConfig config;
    private final Map<String, Map<String, Page>> sources = new LinkedHashMap<>();
    private final Map<String, String> broken = new TreeMap<>();
    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
    private volatile List<Candidate> candidates = List.of();

    TokenBook(Clock clock, AccessConfig config) {
        this.clock = clock;
        this.config = config;
    }

    /** One name: its values, and those that it had before with the end of their grace. */
    private record Page(Grant grant, List<TokenHash> current, Map<TokenHash, Instant> fading) {}

    /** @param until when it ends; far away for one that is not being replaced */
    record Candidate(TokenHash hash, Grant grant, Instant until) {}

    /** Tokens of a source came, went or changed. */
    public record Change(String source, List<String> names) {}

    /**
     * Takes over all tokens of a source in place of those that it had.
     *
     * @param source a word for logs and health, such as {@code file}
     * @return the names whose values or rights are not as they were
     * @throws IllegalArgumentException if two of them have the same name or the same value
     */
    public List<String> replace(String source, List<NamedToken> tokens) {
        requireDistinct(tokens);
        List<String> changed;
        synchronized (this) {
            Map<String, Page> before = sources.getOrDefault(source, Map.of());
            Map<String, Page> now = new TreeMap<>();
            for (NamedToken token : tokens) {
                now.put(
                        token.grant().name(),
                        page(token, Optional.ofNullable(before.get(token.grant().name()))));
            }
            sources.put(source, now);
            broken.remove(source);
            candidates = sources.values().stream()
                    .flatMap(pages -> pages.values().stream())
                    .flatMap(page -> candidates(page).stream())
                    .toList();
            changed = changed(before, now);
        }
        if (!changed.isEmpty()) {
            LOG.infof("tokens were taken over source=%s changed=%s", source, String.join(",", changed));
            listeners.forEach(listener -> listener.accept(new Change(source, changed)));
        }
        return changed;
    }

    /** Says that a source cannot be read: its tokens stay as they are, and health tells it. */
    public void broken(String source, String why) {
        synchronized (this) {
            if (why.equals(broken.put(source, why))) {
                return;
            }
        }
        LOG.errorf("tokens could not be read, those from before stay source=%s: %s", source, why);
    }

    private static void requireDistinct(List<NamedToken> tokens) {
        Map<TokenHash, String> names = new HashMap<>();
        for (NamedToken token : tokens) {
            String name = token.grant().name();
            if (names.containsValue(name)) {
                throw new IllegalArgumentException("there are two tokens '%s'".formatted(name));
            }
            for (TokenHash hash : token.hashes()) {
                String other = names.putIfAbsent(hash, name);
                if (other != null) {
                    throw new IllegalArgumentException("a value is there twice: '%s', '%s'".formatted(other, name));
                }
            }
        }
    }

    private Page page(NamedToken token, Optional<Page> before) {
        Map<TokenHash, Instant> fading = new LinkedHashMap<>();
        before.ifPresent(old -> {
            boolean replaced = !old.current().containsAll(token.hashes());
            Instant until = clock.instant().plus(config.rotationGrace());
            old.fading().forEach((hash, end) -> {
                if (end.isAfter(clock.instant())) {
                    fading.put(hash, end);
                }
            });
            if (replaced) {
                old.current().forEach(hash -> fading.put(hash, until));
            }
            fading.keySet().removeAll(token.hashes());
        });
        return new Page(token.grant(), token.hashes(), fading);
    }

    private static List<Candidate> candidates(Page page) {
        List<Candidate> all = new ArrayList<>();
        page.fading().forEach((hash, until) -> all.add(new Candidate(hash, page.grant(), until)));
        page.current().forEach(hash -> all.add(new Candidate(hash, page.grant(), Instant.MAX)));
        return all;
    }

    private static List<String> changed(Map<String, Page> before, Map<String, Page> now) {
        Map<String, Page> all = new TreeMap<>(before);
        all.putAll(now);
        return all.keySet().stream()
                .filter(name -> !same(before.get(name), now.get(name)))
                .toList();
    }

    private static boolean same(Page one, Page other) {
        return one != null
                && other != null
                && one.grant().equals(other.grant())
                && one.current().equals(other.current());
    }

    /** What this token allows, if it is one. Every candidate is looked at, whichever fits: the time tells nothing. */
    Optional<Grant> find(TokenHash sent) {
        return find(sent, TokenHash::isSame);
    }

    Optional<Grant> find(TokenHash sent, BiPredicate<TokenHash, TokenHash> same) {
        Instant now = clock.instant();
        Grant found = null;
        for (Candidate candidate : candidates) {
            boolean fits = same.test(candidate.hash(), sent) & candidate.until().isAfter(now);
            found = fits ? candidate.grant() : found;
        }
        return Optional.ofNullable(found);
    }

    /** Has this told of every change from now on. */
    public void onChange(Consumer<Change> listener) {
        listeners.add(listener);
    }

    boolean isEmpty() {
        return candidates.isEmpty();
    }

    /** How many names each source has. */
    synchronized Map<String, Integer> sizes() {
        return sources.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().size()));
    }

    /** Which sources could not be read when last tried, and why. */
    synchronized Map<String, String> broken() {
        return Map.copyOf(broken);
    }
}
