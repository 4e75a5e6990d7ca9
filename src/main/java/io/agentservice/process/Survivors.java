package io.agentservice.process;

import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Ends what a run of an earlier life of the service left behind. */
@Singleton
public final class Survivors {

    private static final Duration GRACE = Duration.ofSeconds(2);

    /**
     * Ends every process that carries the marker or works in one of the folders. Blocks.
     *
     * @return how many there were
     */
    public int end(String marker, List<Path> privateFolders) throws InterruptedException {
        return ProcessTree.withoutRoot(marker, privateFolders).sweep(GRACE);
    }
}
