package io.agentservice.trace;

import io.opentelemetry.sdk.trace.IdGenerator;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.Supplier;

/** Random ids, but for spans whose id is known before they are: a job's outlives the service's life that began it. */
@Singleton
public class TraceIds implements IdGenerator {

    private static final ThreadLocal<Optional<String>> KNOWN = ThreadLocal.withInitial(Optional::empty);

    private final IdGenerator random = IdGenerator.random();

    /** The span that {@code start} starts gets this id. */
    static <T> T as(String spanId, Supplier<T> start) {
        KNOWN.set(Optional.of(spanId));
        try {
            return start.get();
        } finally {
            KNOWN.remove();
        }
    }

    @Override
    public String generateSpanId() {
        return KNOWN.get().orElseGet(random::generateSpanId);
    }

    @Override
    public String generateTraceId() {
        return random.generateTraceId();
    }
}
