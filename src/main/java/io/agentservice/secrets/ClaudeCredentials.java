package io.agentservice.secrets;

import io.agentservice.job.FailureReason;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The credentials of Claude's, in their order. One that was refused or has met its usage limit is set aside for a time,
 * or until its value changes. Not stored: after a restart the first job that tries one learns it again.
 */
@Singleton
public class ClaudeCredentials {

    private static final Logger LOG = Logger.getLogger(ClaudeCredentials.class);

    private final List<CredentialSource> sources;
    private final KnownSecrets known;
    private final SecretsConfig config;
    private final Clock clock;
    private final Map<String, SetAside> setAside = new HashMap<>();
    private final Map<String, State> states = new LinkedHashMap<>();

    @Inject
    ClaudeCredentials(ClaudeConfig claude, SecretsConfig config, SecretReader reader, KnownSecrets known, Clock clock) {
        this(CredentialSource.all(claude, config, reader), known, config, clock);
    }

    ClaudeCredentials(List<CredentialSource> sources, KnownSecrets known, SecretsConfig config, Clock clock) {
        this.sources = sources;
        this.known = known;
        this.config = config;
        this.clock = clock;
        sources.forEach(source -> states.put(source.name(), State.UNKNOWN));
    }

    /** @param value the one that is set aside: another of the same name is not */
    private record SetAside(String value, FailureReason why, Instant until) {}

    /** What a job may use now. */
    public sealed interface Choice {

        record Use(ClaudeCredential credential) implements Choice {}

        /** None is configured: the CLI may know of another way. */
        record None() implements Choice {}

        /** All are set aside, the first of them until then. */
        record Later(Instant until, FailureReason why) implements Choice {}
    }

    /** How one stands, as far as is known without asking. */
    public enum State {
        AVAILABLE,
        LIMITED,
        REFUSED,
        /** It could not be read. */
        UNREADABLE,
        /** There is none where it could be. */
        ABSENT,
        UNKNOWN;

        boolean isTrouble() {
            return this == LIMITED || this == REFUSED || this == UNREADABLE;
        }
    }

    /**
     * The first that is not set aside. Blocks: files and Vault are read.
     *
     * @throws SecretUnavailableException if none could be read that is not set aside
     */
    public Choice choose() {
        Instant now = clock.instant();
        Optional<SetAside> soonest = Optional.empty();
        Optional<SecretUnavailableException> unread = Optional.empty();
        for (CredentialSource source : sources) {
            try {
                Optional<ClaudeCredential> found = read(source);
                if (found.isEmpty()) {
                    continue;
                }
                Optional<SetAside> aside = setAside(found.get(), now);
                if (aside.isEmpty()) {
                    return new Choice.Use(found.get());
                }
                soonest = soonest.filter(
                                other -> !other.until().isAfter(aside.get().until()))
                        .or(() -> aside);
            } catch (SecretUnavailableException e) {
                note(source.name(), State.UNREADABLE);
                unread = Optional.of(e);
            }
        }
        if (soonest.isPresent()) {
            return new Choice.Later(soonest.get().until(), soonest.get().why());
        }
        unread.ifPresent(failure -> {
            throw failure;
        });
        return new Choice.None();
    }

    private Optional<ClaudeCredential> read(CredentialSource source) {
        Optional<String> value = source.value().get().filter(text -> !text.isEmpty());
        value.ifPresent(text -> known.remember(source.name(), text));
        if (value.isEmpty()) {
            note(source.name(), State.ABSENT);
        }
        return value.map(text -> new ClaudeCredential(source.name(), source.variable(), text));
    }

    private synchronized Optional<SetAside> setAside(ClaudeCredential credential, Instant now) {
        Optional<SetAside> aside = Optional.ofNullable(setAside.get(credential.name()))
                .filter(entry -> entry.value().equals(credential.value()) && now.isBefore(entry.until()));
        if (aside.isEmpty()) {
            setAside.remove(credential.name());
        }
        note(credential.name(), aside.map(entry -> stateOf(entry.why())).orElse(State.AVAILABLE));
        return aside;
    }

    private static State stateOf(FailureReason why) {
        return why == FailureReason.USAGE_LIMIT ? State.LIMITED : State.REFUSED;
    }

    private synchronized void note(String name, State state) {
        states.put(name, state);
    }

    /**
     * Has others used for a time.
     *
     * @param why {@link FailureReason#USAGE_LIMIT} or {@link FailureReason#AUTHENTICATION}
     * @param until when its limit is lifted; empty for the usual time of a refused one
     * @return until when
     */
    public synchronized Instant setAside(ClaudeCredential credential, FailureReason why, Optional<Instant> until) {
        Instant end = until.orElseGet(() -> clock.instant().plus(config.refusedFor()));
        SetAside before = setAside.put(credential.name(), new SetAside(credential.value(), why, end));
        note(credential.name(), stateOf(why));
        if (before == null) {
            LOG.warnf("a credential is set aside name=%s reason=%s until=%s", credential.name(), why.wireName(), end);
        }
        return end;
    }

    /** How each stands. */
    public synchronized Map<String, State> states() {
        Instant now = clock.instant();
        Map<String, State> all = new LinkedHashMap<>(states);
        setAside.forEach((name, entry) -> {
            if (!now.isBefore(entry.until())) {
                all.replace(name, State.AVAILABLE);
            }
        });
        return all;
    }

    /** Those that are there, as far as is known, and may be used or will be. Any thread, at once. */
    synchronized List<CredentialState> all() {
        return sources.stream()
                .filter(source -> isThere(states.get(source.name())))
                .map(source -> new CredentialState(
                        source.name(),
                        source.expiresAt(),
                        Optional.ofNullable(setAside.get(source.name())).map(SetAside::until)))
                .toList();
    }

    private static boolean isThere(State state) {
        return state != State.ABSENT && state != State.UNREADABLE;
    }

    /** Whether there is more than one that could be used. */
    public synchronized boolean hasChoice() {
        return states.values().stream().filter(state -> state != State.ABSENT).count() > 1;
    }
}
