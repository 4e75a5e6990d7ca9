package io.agentservice.runner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.process.OutputLine;
import io.agentservice.store.EventDraft;
import io.agentservice.store.Labels;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What agents say: how much, and of what an operator wants to hear. Called for a batch, so that a flood costs little. */
@Singleton
public class IngestMetrics {

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int OVERLOADED = 529;

    private final MeterRegistry registry;
    private final RunMetrics runs;
    private final UsageLimits limits;
    private final Labels labels;
    private final ObjectMapper json;
    private final Counter events;
    private final Counter bytes;
    private final Map<Cause, Counter> retries = new EnumMap<>(Cause.class);
    private final Map<String, Counter> denials = new ConcurrentHashMap<>();

    IngestMetrics(MeterRegistry registry, RunMetrics runs, UsageLimits limits, Labels labels, ObjectMapper json) {
        this.registry = registry;
        this.runs = runs;
        this.limits = limits;
        this.labels = labels;
        this.json = json;
        this.events = Counter.builder("claude_agent_ingest_events")
                .description("Events that were recorded of what agents said")
                .register(registry);
        this.bytes = Counter.builder("claude_agent_ingest")
                .description("What agents wrote")
                .baseUnit("bytes")
                .register(registry);
        for (Cause cause : Cause.values()) {
            retries.put(cause, retries(cause));
        }
    }

    /** Why the API is asked again. */
    private enum Cause {
        RATE_LIMIT,
        OVERLOADED,
        SERVER_ERROR,
        CLIENT_ERROR,
        /** No answer. */
        CONNECTION;

        static Cause of(Optional<Integer> status) {
            int code = status.orElse(0);
            if (code == TOO_MANY_REQUESTS) {
                return RATE_LIMIT;
            }
            if (code == IngestMetrics.OVERLOADED) {
                return OVERLOADED;
            }
            return code >= 500 ? SERVER_ERROR : code >= 400 ? CLIENT_ERROR : CONNECTION;
        }
    }

    private Counter retries(Cause cause) {
        return Counter.builder("claude_agent_api_retries")
                .description("Times that the CLI asked the model's API again")
                .tag("cause", cause.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    /** For one run of a job. */
    OfRun of(JobId job, String agent) {
        return new OfRun(job, denials.computeIfAbsent(labels.agent(agent), this::denials));
    }

    private Counter denials(String agent) {
        return Counter.builder("claude_agent_permission_denials")
                .description("Tool calls that were denied, by the results of runs")
                .tag("agent", agent)
                .register(registry);
    }

    private int denials(JobEvent.Result result) {
        try {
            return json.readTree(result.detail().text())
                    .path("permission_denials")
                    .size();
        } catch (JsonProcessingException e) {
            return 0;
        }
    }

    /** Not safe for threads: a run is recorded by one at a time. */
    final class OfRun {

        private final JobId job;
        private final Counter denied;
        private boolean heard;

        private OfRun(JobId job, Counter denied) {
            this.job = job;
            this.denied = denied;
        }

        void read(List<OutputLine> lines) {
            bytes.increment(lines.stream().mapToLong(OutputLine::bytes).sum());
        }

        /** These are on the disk. */
        void recorded(List<EventDraft> batch) {
            events.increment(batch.size());
            if (!heard) {
                heard = true;
                runs.heard(job);
            }
            batch.forEach(draft -> look(draft.event()));
        }

        private void look(JobEvent event) {
            if (event instanceof JobEvent.Retry retry) {
                retries.get(Cause.of(retry.httpStatus())).increment();
            } else if (event instanceof JobEvent.RateLimit limit) {
                limits.told(limit);
            } else if (event instanceof JobEvent.Result result) {
                denied.increment(denials(result));
            }
        }
    }
}
