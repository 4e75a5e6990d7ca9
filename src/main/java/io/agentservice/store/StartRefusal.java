package io.agentservice.store;

import io.quarkus.runtime.configuration.ConfigurationException;
import org.jboss.logging.Logger;

/** Ends the start of the service with one line in the log that says what to do, instead of a stack trace. */
public final class StartRefusal {

    private static final Logger LOG = Logger.getLogger(StartRefusal.class);

    private StartRefusal() {}

    /** @return what to throw: the JVM exits with 1 */
    public static RuntimeException because(StoreException failure) {
        boolean ourFault = failure.kind() == StoreException.Kind.OTHER;
        LOG.errorf(ourFault ? failure : null, "the service does not start: %s", failure.getMessage());
        // Of this kind, and without a cause: then Quarkus prints its message only.
        return new ConfigurationException("not started: the job store cannot be used");
    }
}
