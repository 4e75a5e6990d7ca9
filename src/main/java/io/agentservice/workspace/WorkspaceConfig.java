package io.agentservice.workspace;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Where jobs work and where what belongs to them is kept. */
@ConfigMapping(prefix = "agent-service.workspace")
public interface WorkspaceConfig {

    /** The folder or repository that jobs are about (environment: WORKSPACE_DIR). */
    Path directory();

    /** The folder for what the service keeps of its jobs (environment: JOBS_DIR). */
    Path jobsDirectory();

    /** How old a mirror may be before it is fetched again (environment: FETCH_DEBOUNCE_SECONDS). */
    @WithDefault("30s")
    Duration fetchDebounce();

    /** The key for what git-crypt encrypted: its file, or its content in base64 (environment: GIT_CRYPT_KEY). */
    Optional<String> gitCryptKey();

    /** What fetches and pushes, by the name that agents.yaml uses. */
    Map<String, Credential> credentials();

    Limits limits();

    /** A way to prove to a git server who we are: a token, or an SSH key. */
    interface Credential {

        @WithDefault("x-access-token")
        String username();

        Optional<String> token();

        /** Read at each use, so that it can be renewed. */
        Optional<Path> tokenFile();

        /** Where it is in Vault, such as {@code secret/ci#github_pat}. */
        Optional<String> tokenVault();

        Optional<Path> sshKeyFile();

        /** The host keys that are accepted, in the format of known_hosts. Needed with an SSH key. */
        Optional<Path> knownHostsFile();
    }

    /** How long git may take, and how much room it may leave. */
    interface Limits {

        /** A fetch into a mirror; after that the job works on the last good state. */
        @WithDefault("2m")
        Duration fetch();

        /** The first fetch of a mirror, and a checkout with its submodules and large files. */
        @WithDefault("30m")
        Duration clone();

        /** What is asked of a checkout at the end of its job. */
        @WithDefault("1m")
        Duration changes();

        /** How much of a job's patch is kept, in bytes. */
        @WithDefault("4194304")
        long maxPatchBytes();

        /** With less room than this on the disk of JOBS_DIR, in bytes, no job is taken. */
        @WithDefault("1073741824")
        long minFreeBytes();

        /** How often the size of the running jobs' folders is measured. */
        @WithDefault("10s")
        Duration measureEvery();
    }
}
