package io.agentservice.queue;

import io.agentservice.runner.RunningJobs;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/**
 * The planned stop: nothing new is taken or started, what runs has a grace to end, and what still runs then is
 * interrupted and goes back into the queue for the next life. Polls and streams are answered all the while.
 */
@Singleton
public class Drain {

    private static final Logger LOG = Logger.getLogger(Drain.class);
    /** Before the streams are ended, so that they show how the jobs end. */
    static final int PRIORITY = 100;

    private final JobQueue queue;
    private final Dispatcher dispatcher;
    private final RunningJobs running;
    private final QueueConfig config;

    Drain(JobQueue queue, Dispatcher dispatcher, RunningJobs running, QueueConfig config) {
        this.queue = queue;
        this.dispatcher = dispatcher;
        this.running = running;
        this.config = config;
    }

    /** Blocks the shutdown, while the HTTP server goes on. */
    void drain(@Observes @Priority(PRIORITY) ShutdownDelayInitiatedEvent event) throws InterruptedException {
        queue.close();
        dispatcher.stop();
        int active = dispatcher.active();
        if (active > 0) {
            LOG.infof("drain begins active=%d grace=%s", active, config.drainGrace());
        }
        if (!dispatcher.awaitIdle(config.drainGrace())) {
            running.interruptAll();
            if (!dispatcher.awaitIdle(config.stopPatience())) {
                LOG.warnf("runs were still under way at the end of the service active=%d", dispatcher.active());
            }
        }
    }
}
