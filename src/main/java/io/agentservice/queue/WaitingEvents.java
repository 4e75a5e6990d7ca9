package io.agentservice.queue;

import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.job.Json;
import io.agentservice.store.EventDraft;
import io.agentservice.store.JobStore;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Looks at the line once a second: starts what time alone has made startable, and tells jobs what they wait for. */
@Startup
@Singleton
public class WaitingEvents {

    private static final Logger LOG = Logger.getLogger(WaitingEvents.class);

    private final Dispatcher dispatcher;
    private final JobStore store;
    private final Map<JobId, Waiting.Reason> told = new HashMap<>();
    private ScheduledFuture<?> tick;

    WaitingEvents(Dispatcher dispatcher, JobStore store) {
        this.dispatcher = dispatcher;
        this.store = store;
    }

    @PostConstruct
    void start() {
        tick = Infrastructure.getDefaultWorkerPool().scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    }

    @PreDestroy
    void stop() {
        tick.cancel(false);
    }

    synchronized void look() {
        try {
            if (!dispatcher.isOpen()) {
                return;
            }
            dispatcher.dispatch();
            Map<JobId, Waiting> places = dispatcher.places();
            told.keySet().retainAll(places.keySet());
            places.forEach(this::tell);
        } catch (RuntimeException e) {
            LOG.error("the line could not be looked at", e);
        }
    }

    private void tell(JobId job, Waiting place) {
        if (told.put(job, place.reason()) != place.reason()) {
            String until = place.until().map(at -> ",\"until\":\"" + at + "\"").orElse("");
            var detail = new Json("{\"position\":%d,\"waiting_for\":\"%s\"%s}"
                    .formatted(place.position(), place.reason().wireName(), until));
            store.append(job, List.of(EventDraft.of(new JobEvent.Phase("waiting", detail))))
                    .subscribe()
                    .with(sequence -> {}, failure -> LOG.warnf("a job was not told what it waits for jobId=%s", job));
        }
    }
}
