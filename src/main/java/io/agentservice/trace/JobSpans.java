package io.agentservice.trace;

import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.Outcome;
import io.agentservice.job.TraceContext;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The trace of a job, below the request that it was asked for in. Like a logger there is one for the process, and it
 * does nothing until a collector is set.
 *
 * <pre>
 *   POST /execute ── job ─┬─ queue
 *                         ├─ workspace
 *                         └─ process ── what the agent tells by itself
 * </pre>
 *
 * The span of a job is made when the job ends, perhaps in another life of the service: what is below it knows its id,
 * which follows from the job's.
 */
public final class JobSpans {

    private static final String NAME = "io.agentservice";
    /** Of jobs that are back in the queue. */
    private static final Map<JobId, Span> WAITS = new ConcurrentHashMap<>();

    private JobSpans() {}

    /**
     * Where a request stands in a trace: the span that the service makes of it, or what its caller says if it makes
     * none.
     *
     * @param traceparent the headers of this name
     */
    public static Optional<TraceContext> ofRequest(List<String> traceparent) {
        SpanContext ours = Span.current().getSpanContext();
        if (ours.isValid()) {
            return Optional.of(new TraceContext(ours.getTraceId(), ours.getSpanId(), ours.isSampled()));
        }
        return traceparent.size() == 1 ? TraceContext.parse(traceparent.get(0)) : Optional.empty();
    }

    /** Called after each change of a job's status. */
    public static void changed(Job job) {
        switch (job.status()) {
            case QUEUED -> backInQueue(job);
            case RUNNING -> waited(job, job.progress().startedAt());
            case CANCELLING -> {}
            case COMPLETED, FAILED, TIMEOUT, CANCELLED -> {
                waited(job, job.progress().finishedAt());
                ended(job);
            }
        }
    }

    private static void backInQueue(Job job) {
        if (job.progress().version() > 0) {
            Span wait = begin(job, "queue", job.trace());
            if (wait.isRecording()) {
                job.progress()
                        .hold()
                        .reason()
                        .map(FailureReason::wireName)
                        .ifPresent(why -> wait.setAttribute("job.reason", why));
                WAITS.put(job.id(), wait);
            }
        }
    }

    /** The first wait is known from the job alone, also if it began in another life of the service. */
    private static void waited(Job job, Optional<Instant> until) {
        Span again = WAITS.remove(job.id());
        if (again != null) {
            again.end();
        } else if (job.progress().version() == 1) {
            builder(job, "queue", job.trace())
                    .setStartTimestamp(job.progress().createdAt())
                    .startSpan()
                    .end(until.orElseThrow());
        }
    }

    private static void ended(Job job) {
        job.trace().ifPresent(own -> {
            var builder = builder(job, "job", job.spec().trace())
                    .setStartTimestamp(job.progress().createdAt());
            Span span = TraceIds.as(own.spanId(), builder::startSpan);
            span.setAttribute("job.submitter", job.submitter().name());
            span.setAttribute("job.cost_usd", job.progress().spending().usd().doubleValue());
            job.outcome().ifPresent(outcome -> JobSpan.describe(span, outcome));
            span.end(job.progress().finishedAt().orElseThrow());
        });
    }

    /** Begins: a run makes its workspace ready. */
    public static JobSpan workspace(Job job) {
        return new JobSpan(begin(job, "workspace", job.trace()));
    }

    /** Begins: an agent's process, from its start until its tree is gone. */
    public static JobSpan process(Job job) {
        return new JobSpan(process(job, builder(job, "process", job.trace())));
    }

    /** A process that an earlier life of the service began, and did not see the end of. */
    public static void cutOff(Job job, Instant startedAt, Outcome outcome) {
        try (var span =
                new JobSpan(process(job, builder(job, "process", job.trace()).setStartTimestamp(startedAt)))) {
            span.led(outcome);
        }
    }

    private static Span process(Job job, SpanBuilder builder) {
        return job.runTrace()
                .map(own -> TraceIds.as(own.spanId(), builder::startSpan))
                .orElse(Span.getInvalid());
    }

    private static Span begin(Job job, String name, Optional<TraceContext> parent) {
        return builder(job, name, parent).startSpan();
    }

    private static SpanBuilder builder(Job job, String name, Optional<TraceContext> parent) {
        return GlobalOpenTelemetry.getTracer(NAME)
                .spanBuilder(name)
                .setParent(parent.map(JobSpans::context).orElse(Context.root()))
                .setAttribute("job.id", job.id().value())
                .setAttribute("job.agent", job.spec().agent())
                .setAttribute("job.attempt", job.progress().attempt());
    }

    private static Context context(TraceContext place) {
        var flags = place.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault();
        var remote =
                SpanContext.createFromRemoteParent(place.traceId(), place.spanId(), flags, TraceState.getDefault());
        return Context.root().with(Span.wrap(remote));
    }
}
