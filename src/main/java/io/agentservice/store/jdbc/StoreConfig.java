package io.agentservice.store.jdbc;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/** Where jobs are remembered. */
@ConfigMapping(prefix = "agent-service.store")
public interface StoreConfig {

    /** The database file; what it needs besides lies beside it. */
    Path file();

    /** How much of recent jobs is kept in memory, in bytes of text. */
    @WithDefault("67108864")
    long cacheBytes();

    /** With less than this left on the disk, in bytes, no job is taken in: the rest is for those that are there. */
    @WithDefault("16777216")
    long reserveBytes();

    /** How many backups are kept. */
    @WithDefault("5")
    int backupsKept();
}
