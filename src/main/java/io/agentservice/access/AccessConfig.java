package io.agentservice.access;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** Who may call. */
@ConfigMapping(prefix = "agent-service.access")
public interface AccessConfig {

    /** The token that callers send as {@code Authorization: Bearer …} (environment: API_BEARER_TOKEN). */
    Optional<String> bearerToken();
}
