package io.agentservice.api;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.function.BooleanSupplier;

/**
 * Whom a stream is for.
 *
 * @param context the event loop of the connection
 * @param admitted whether the caller may still be here
 * @param abort ends the answer at once, whole or not
 */
record StreamConnection(Context context, BooleanSupplier admitted, Runnable abort) {

    /** Runs it now if this is the event loop, else there. */
    void onLoop(Runnable action) {
        if (Vertx.currentContext() == context) {
            action.run();
        } else {
            context.runOnContext(ignored -> action.run());
        }
    }
}
