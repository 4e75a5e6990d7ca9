package io.agentservice.store.jdbc;

import io.agentservice.store.StoreException;

/** Says in a sentence what the database said in a code. */
final class StoreFailures {

    private StoreFailures() {}

    static StoreException translate(Throwable e) {
        return new StoreException("the job store failed: " + e.getMessage(), e);
    }
}
