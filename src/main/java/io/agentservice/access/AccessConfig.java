package io.agentservice.access;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Who may call. */
@ConfigMapping(prefix = "agent-service.access")
public interface AccessConfig {

    /**
     * The token that callers send as {@code Authorization: Bearer …} (environment: API_BEARER_TOKEN), or its hash as
     * {@code sha256:HEX}. It may submit, read all jobs and cancel; as long as no other way in is configured it is the
     * operator's and may do all.
     */
    Optional<String> bearerToken();

    /** A file with that token instead (environment: API_BEARER_TOKEN_FILE). It is read again when it has changed. */
    Optional<Path> bearerTokenFile();

    /** More tokens, by name. */
    Map<String, TokenSetting> tokens();

    /** A file of tokens in YAML or JSON (environment: TOKENS_FILE). It is read again when it has changed. */
    Optional<Path> tokensFile();

    /** How often it is looked at whether the file has changed. */
    @WithDefault("5s")
    Duration tokensFileInterval();

    /** How long a value is still accepted after its source has replaced it by another one of the same name. */
    @WithDefault("5m")
    Duration rotationGrace();

    /** The pods of a cluster, by the tokens that Kubernetes gives them. */
    ServiceAccountsConfig serviceAccounts();

    /** So many requests with no good token from one address in a minute; further ones are answered 429. */
    @WithDefault("30")
    int maxRefusals();

    /** How often those who were refused are added up in the audit log. */
    @WithDefault("1m")
    Duration refusalsInterval();

    /** One name of {@code agent-service.access.tokens}. */
    interface TokenSetting extends Rights {

        /** Each the token, or {@code sha256:HEX}; more than one while it is being replaced. */
        List<String> values();
    }

    /** What somebody may do. */
    interface Rights {

        /** submit, read, cancel, approve, admin. */
        List<String> roles();

        /** {@code own}: it sees the jobs that it handed in; {@code all}: those of others, too. */
        @WithDefault("own")
        String read();

        /** The agents that it may use; {@code NAME*} for all that begin so; absent for all. */
        Optional<List<String>> agents();

        /** How many jobs may wait or run at once. */
        OptionalInt maxUnfinished();

        /** How many jobs it may hand in in any hour. */
        OptionalInt maxPerHour();
    }
}
