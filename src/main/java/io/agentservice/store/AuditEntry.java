package io.agentservice.store;

import io.agentservice.job.JobId;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Something that somebody did, or was not allowed to do.
 *
 * @param who the name of the token or of the service account; {@link #NOBODY} if the caller was not known
 * @param details never a secret: names and addresses, for people to read
 */
public record AuditEntry(Instant at, String who, Action action, Optional<JobId> job, Map<String, String> details) {

    public static final String NOBODY = "-";
    /** Who has done what nobody asked for. */
    public static final String SERVICE = "service";

    public AuditEntry {
        details = Map.copyOf(details);
    }

    public static AuditEntry ofJob(Instant at, String who, Action action, JobId job, Map<String, String> details) {
        return new AuditEntry(at, who, action, Optional.of(job), details);
    }

    /** What was done. */
    public enum Action {
        /** A job was handed in. */
        SUBMITTED,
        CANCELLED,
        /** Another's job was looked at; once an hour for each job and each who. */
        READ,
        /** Secrets were given to a job's process; the details name them. */
        SECRETS_ATTACHED,
        WORKSPACE_DELETED,
        BACKUP_TAKEN,
        /** The audit log was read; once an hour for each who. */
        AUDIT_READ,
        /** Callers were not let in; the details count them. */
        REFUSED,
        /** Tokens came, went or changed; the details name them. */
        TOKENS_CHANGED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Action> fromWireName(String name) {
            return Arrays.stream(values())
                    .filter(action -> action.wireName().equals(name))
                    .findFirst();
        }
    }
}
