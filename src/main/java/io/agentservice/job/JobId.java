package io.agentservice.job;

import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** Names one job for ever. A UUID of version 7 (RFC 9562), so that ids sort by the time they were made. */
public record JobId(String value) implements Comparable<JobId> {

    private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** @throws IllegalArgumentException if {@code value} is not a lower-case UUID */
    public JobId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("not a job id: a job id is a lower-case UUID");
        }
    }

    public static JobId create(Instant now, RandomGenerator random) {
        long high = now.toEpochMilli() << 16 | 0x7000L | random.nextLong() & 0x0fffL;
        long low = 0x8000_0000_0000_0000L | random.nextLong() >>> 2;
        return new JobId(new UUID(high, low).toString());
    }

    @Override
    public int compareTo(JobId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
