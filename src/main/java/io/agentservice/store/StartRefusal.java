package io.agentservice.store;

import io.quarkus.runtime.PreventFurtherStepsException;
import org.jboss.logging.Logger;

/** Ends the start of the service with one line in the log that says what to do, instead of a stack trace. */
public final class StartRefusal {

    private static final Logger LOG = Logger.getLogger(StartRefusal.class);
    private static final int EXIT_CODE = 1;

    private StartRefusal() {}

    /** @return what to throw: the JVM exits with 1 */
    public static RuntimeException because(StoreException failure) {
        LOG.errorf("the service does not start: %s", failure.getMessage());
        LOG.debug("where that came from", failure);
        // Without a message and a cause: Quarkus would print either of them again.
        return new PreventFurtherStepsException(EXIT_CODE);
    }
}
