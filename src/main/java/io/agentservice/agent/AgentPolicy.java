package io.agentservice.agent;

import io.agentservice.process.Sandbox;
import io.agentservice.workspace.WorkspacePolicy;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the operator lets an agent do.
 *
 * @param variables what its process gets besides the service's allow-list
 * @param sandbox empty means the best that this machine allows
 */
public record AgentPolicy(
        PermissionMode permissionMode,
        Models models,
        Variables variables,
        Optional<Sandbox> sandbox,
        RunLimits run,
        QueueLimits queue,
        WorkspacePolicy workspace) {

    private static final Set<String> CREDENTIALS =
            Set.of("ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN");

    public Map<String, String> environment() {
        return variables.plain();
    }

    /** Whether it says itself with what its agent talks to the model. */
    public boolean hasOwnCredential() {
        return CREDENTIALS.stream()
                .anyMatch(name -> variables.plain().containsKey(name)
                        || variables.secrets().containsKey(name));
    }

    /**
     * @param secrets where the values of others are: {@code mount/path#field} in Vault
     * @param onMissing what becomes of a job whose secret cannot be had
     * @param serviceAccount whether it may read the token of the pod's service account, where its sandbox hides that
     */
    public record Variables(
            Map<String, String> plain, Map<String, String> secrets, OnMissingSecret onMissing, boolean serviceAccount) {

        public Variables {
            plain = Map.copyOf(plain);
            secrets = Map.copyOf(secrets);
        }
    }

    /**
     * @param standard the model to use when the job names none; empty leaves it to the agent's definition
     * @param allowed the models that jobs may name; empty means any
     */
    public record Models(Optional<String> standard, List<String> allowed) {}

    /**
     * @param maxBudgetUsd the largest budget a job may ask for, where it is below the service's own
     * @param maxTimeout the longest timeout a job may ask for, likewise
     * @param idleTimeout how long the CLI may say nothing while no tool call is open
     * @param toolTimeout how long one tool call may take; empty means as long as the job
     * @param maxStoredBytes how much output of a run is recorded
     */
    public record RunLimits(
            Optional<BigDecimal> maxBudgetUsd,
            Optional<Duration> maxTimeout,
            Duration idleTimeout,
            Optional<Duration> toolTimeout,
            long maxStoredBytes) {}

    /**
     * @param maxRunning how many of its jobs run at once; empty means as many as there are places
     * @param startRate how many of its jobs start in a time
     * @param whenExceeded what becomes of a job beyond the rate
     * @param continuation what becomes of a job whose run was cut off
     */
    public record QueueLimits(
            OptionalInt maxRunning,
            Optional<StartRate> startRate,
            WhenExceeded whenExceeded,
            Continuation continuation) {}

    /**
     * @param maxAttempts how many runs a job may have that end with the service's
     * @param longestWait how long a job may wait in all for usage limits to be lifted
     */
    public record Continuation(
            OnInterrupt onInterrupt, int maxAttempts, OnUsageLimit onUsageLimit, Duration longestWait) {}

    /** What becomes of a job when the service ends under it. */
    public enum OnInterrupt {
        /** It goes on with its conversation. */
        RESUME,
        /** It begins anew. */
        RESTART,
        FAIL
    }

    /** What becomes of a job when the account's usage limit is reached. */
    public enum OnUsageLimit {
        /** It waits in the queue until the limit is lifted, and goes on. */
        PARK,
        FAIL
    }

    /** What becomes of a job that needs a secret which cannot be had. */
    public enum OnMissingSecret {
        /** It waits in the queue, and tries again. */
        WAIT,
        FAIL
    }

    /** What becomes of a job beyond its agent's start rate. */
    public enum WhenExceeded {
        WAIT,
        REFUSE
    }
}
