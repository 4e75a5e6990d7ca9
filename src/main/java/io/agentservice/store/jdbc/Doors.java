package io.agentservice.store.jdbc;

import javax.sql.DataSource;

/** The two ways into the file: many that read, one that writes. Either may notice that it is damaged. */
record Doors(Readers readers, GroupCommit writer) {

    /** Starts the writer. */
    static Doors open(DataSource readers, DataSource writer, CommitMetrics metrics) {
        var integrity = new Integrity(readers);
        return new Doors(new Readers(readers, integrity), new GroupCommit(writer, integrity, metrics));
    }
}
