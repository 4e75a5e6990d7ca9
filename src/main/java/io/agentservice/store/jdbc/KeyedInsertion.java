package io.agentservice.store.jdbc;

import io.agentservice.job.Job;
import io.agentservice.store.KeyTakenException;
import io.agentservice.store.RequestKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * A job that is stored if its key is free. Whom the key belongs to may be in the same group, so this one learns that it
 * came too late only when the group is committed.
 */
final class KeyedInsertion {

    private final Job job;
    private final RequestKey key;
    private Optional<RequestKey.Use> earlier = Optional.empty();

    KeyedInsertion(Job job, RequestKey key) {
        this.job = job;
        this.key = key;
    }

    /** @return whether the key is this job's now */
    boolean take(Connection connection) throws SQLException {
        earlier = KeyRows.take(connection, key, job.id());
        return earlier.isEmpty();
    }

    void ifTaken(Runnable then) {
        if (earlier.isEmpty()) {
            then.run();
        }
    }

    /** @throws KeyTakenException if the key was not free */
    void check() {
        earlier.ifPresent(use -> {
            throw new KeyTakenException(use);
        });
    }
}
