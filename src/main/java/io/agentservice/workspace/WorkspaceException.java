package io.agentservice.workspace;

import java.io.IOException;

/** A workspace could not be made ready; the message is a sentence for a person and holds no secret. */
public final class WorkspaceException extends IOException {

    WorkspaceException(String message) {
        super(message);
    }

    WorkspaceException(String message, Throwable cause) {
        super(message, cause);
    }
}
