package io.agentservice.runner;

import io.agentservice.agent.AgentName;
import io.agentservice.agent.AgentPolicies;
import io.agentservice.agent.AgentPolicy;
import io.agentservice.agent.AgentRun;
import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.secrets.ClaudeCredential;
import io.agentservice.secrets.ClaudeCredentials;
import io.agentservice.secrets.ClaudeCredentials.Choice;
import io.agentservice.secrets.SecretKeeper;
import io.agentservice.secrets.SecretPlaces;
import io.agentservice.secrets.SecretReader;
import io.agentservice.secrets.SecretRef;
import io.agentservice.secrets.SecretUnavailableException;
import io.agentservice.store.AuditEntry;
import io.agentservice.store.AuditEntry.Action;
import io.agentservice.store.AuditLog;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/** Gives a run the secrets that it may have, and learns from its end what its credential was worth. Blocks. */
@Singleton
class RunSecrets {

    private static final Logger LOG = Logger.getLogger(RunSecrets.class);

    private final AgentPolicies policies;
    private final SecretReader reader;
    private final ClaudeCredentials credentials;
    private final SecretPlaces places;
    private final AuditLog audit;
    private final Recording recording;
    private final Clock clock;

    RunSecrets(AgentPolicies policies, SecretKeeper keeper, AuditLog audit, Recording recording, Clock clock) {
        this.policies = policies;
        this.reader = keeper.reader();
        this.credentials = keeper.credentials();
        this.places = keeper.places();
        this.audit = audit;
        this.recording = recording;
        this.clock = clock;
    }

    /** @param credential empty if its policy has its own, or there is none */
    record Attached(Optional<ClaudeCredential> credential, Map<String, String> named, List<Path> hidden) {

        AgentRun.Given with(Map<String, String> telemetry) {
            return new AgentRun.Given(
                    credential.map(one -> Map.of(one.variable(), one.value())).orElse(Map.of()),
                    named,
                    telemetry,
                    hidden);
        }
    }

    /** A run that has to wait for a credential. */
    static final class SetAsideException extends RuntimeException {
        private final transient RunEnd end;

        private SetAsideException(RunEnd end) {
            super("every credential is set aside");
            this.end = end;
        }

        RunEnd end() {
            return end;
        }
    }

    /**
     * @throws SecretUnavailableException if one cannot be had
     * @throws SetAsideException if there is no credential for it now
     */
    Attached attach(Job job) {
        AgentPolicy policy = policies.of(new AgentName(job.spec().agent()));
        Map<String, String> named = new HashMap<>();
        policy.variables()
                .secrets()
                .forEach((name, reference) -> named.put(name, reader.read(SecretRef.parse(reference), name)));
        var attached = new Attached(
                policy.hasOwnCredential() ? Optional.empty() : credential(),
                named,
                places.all(!policy.variables().serviceAccount()));
        note(job, attached);
        return attached;
    }

    private Optional<ClaudeCredential> credential() {
        Choice choice = credentials.choose();
        if (choice instanceof Choice.Later later) {
            throw new SetAsideException(RunEnd.noCredential(later.why(), later.until()));
        }
        return choice instanceof Choice.Use use ? Optional.of(use.credential()) : Optional.empty();
    }

    /** On record is what was given, never its value. */
    private void note(Job job, Attached attached) {
        Map<String, String> details = new HashMap<>();
        attached.credential().ifPresent(one -> details.put("credential", one.name()));
        if (!attached.named().isEmpty()) {
            details.put(
                    "secrets", String.join(" ", new TreeSet<>(attached.named().keySet())));
        }
        if (details.isEmpty()) {
            return;
        }
        audit.append(AuditEntry.ofJob(clock.instant(), AuditEntry.SERVICE, Action.SECRETS_ATTACHED, job.id(), details))
                .subscribe()
                .with(
                        done -> {},
                        failure -> LOG.warnf("the audit lacks the secrets of a job jobId=%s: %s", job.id(), failure));
        if (!attached.named().isEmpty() || credentials.hasChoice()) {
            recording.phases(job).tell("secrets", details);
        }
    }

    /** What a run's end says of its credential counts for all jobs; whether another one is there, for this one. */
    RunEnd learn(Job job, Attached attached, RunEnd end) {
        boolean limited = end.isFor(FailureReason.USAGE_LIMIT);
        if (attached.credential().isEmpty() || !limited && end.credential() != RunEnd.Credential.REFUSED) {
            return end;
        }
        ClaudeCredential used = attached.credential().get();
        FailureReason why = limited ? FailureReason.USAGE_LIMIT : FailureReason.AUTHENTICATION;
        Optional<Instant> said = limited
                ? Optional.of(end.limitedUntil().orElse(clock.instant().plus(AfterRun.USUAL_PAUSE)))
                : Optional.empty();
        Instant until = credentials.setAside(used, why, said);
        recording
                .phases(job)
                .tell(
                        "credential_set_aside",
                        Map.of("credential", used.name(), "reason", why.wireName(), "until", "" + until));
        return next(end, until);
    }

    private RunEnd next(RunEnd end, Instant until) {
        try {
            Choice choice = credentials.choose();
            return choice instanceof Choice.Later later ? end.until(later.until()) : end.withAnotherCredential();
        } catch (SecretUnavailableException e) {
            return end.until(until);
        }
    }
}
