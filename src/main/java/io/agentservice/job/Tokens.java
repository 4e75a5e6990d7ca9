package io.agentservice.job;

/**
 * Tokens that a model was given and gave, in the words of the Messages API's {@code usage}.
 *
 * @param input without what the cache had or took
 * @param cacheWrite written to the cache for five minutes
 * @param cacheWriteHour written to the cache for an hour
 */
public record Tokens(long input, long output, long cacheRead, long cacheWrite, long cacheWriteHour) {

    public static final Tokens NONE = new Tokens(0, 0, 0, 0, 0);

    public Tokens plus(Tokens more) {
        return new Tokens(
                input + more.input,
                output + more.output,
                cacheRead + more.cacheRead,
                cacheWrite + more.cacheWrite,
                cacheWriteHour + more.cacheWriteHour);
    }

    /** What there is beyond an earlier count; never below nothing. */
    public Tokens beyond(Tokens earlier) {
        return new Tokens(
                Math.max(0, input - earlier.input),
                Math.max(0, output - earlier.output),
                Math.max(0, cacheRead - earlier.cacheRead),
                Math.max(0, cacheWrite - earlier.cacheWrite),
                Math.max(0, cacheWriteHour - earlier.cacheWriteHour));
    }

    /** The larger of each: of two counts of one message, the later one. */
    public Tokens max(Tokens other) {
        return new Tokens(
                Math.max(input, other.input),
                Math.max(output, other.output),
                Math.max(cacheRead, other.cacheRead),
                Math.max(cacheWrite, other.cacheWrite),
                Math.max(cacheWriteHour, other.cacheWriteHour));
    }

    /** All that the model read. */
    public long prompt() {
        return input + cacheRead + cacheWrite + cacheWriteHour;
    }
}
