package io.agentservice.process;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** The sandboxes that this machine allows, found at start by trying: containers often forbid namespaces. */
@Singleton
public class Sandboxes {

    private static final Logger LOG = Logger.getLogger(Sandboxes.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** Succeeds only as a child of process 1, which a wrapper that made no namespace does not arrange. */
    private static final List<String> PROBE = List.of("sh", "-c", "test \"$(cut -d' ' -f4 /proc/$$/stat)\" = 1");

    private final Set<Sandbox> available;

    public Sandboxes() {
        available = EnumSet.of(Sandbox.NONE);
        Arrays.stream(Sandbox.values()).filter(Sandboxes::works).forEach(available::add);
        LOG.infof("sandbox found best=%s available=%s", best().wireName(), available);
    }

    public Sandbox best() {
        return Collections.max(available);
    }

    public Set<Sandbox> available() {
        return Collections.unmodifiableSet(available);
    }

    private static boolean works(Sandbox sandbox) {
        if (sandbox == Sandbox.NONE) {
            return true;
        }
        var confinement = new Confinement(sandbox, List.of(), List.of(), List.of());
        try {
            var probe = new ProcessBuilder(SandboxCommand.wrap(confinement, CurrentUser.isRoot(), PROBE))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            probe.getOutputStream().close();
            if (!probe.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                probe.destroyForcibly();
                return false;
            }
            return probe.exitValue() == 0;
        } catch (IOException notInstalled) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
