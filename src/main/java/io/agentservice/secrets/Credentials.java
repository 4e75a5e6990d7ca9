package io.agentservice.secrets;

import java.util.List;

/** The credentials of the model's API that the service has: health and metrics tell of them. */
public interface Credentials {

    /** Those that are known now. Answers from memory, at once, on any thread. */
    List<CredentialState> all();
}
