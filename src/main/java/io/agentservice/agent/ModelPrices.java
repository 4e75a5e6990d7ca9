package io.agentservice.agent;

import io.agentservice.job.Tokens;
import java.math.BigDecimal;
import java.util.Map;

/**
 * List prices as the CLI reckons with them, measured with 2.1.330 one kind of token at a time. They serve only to
 * recount a run that was cut off; whoever could give account has said what it cost.
 */
final class ModelPrices {

    private static final int DIGITS_OF_A_MILLION = 6;

    private static final Price OPUS = new Price("4", "20", "0.2", "5", "8");
    private static final Map<String, Price> BY_FAMILY = Map.of(
            "opus", OPUS,
            "sonnet", new Price("2", "10", "0.1", "2.5", "4"),
            "haiku", new Price("0.1", "0.5", "0.01", "0.125", "0.2"));
    /** A call of haiku with a longer prompt costs this many times as much. */
    private static final long HAIKU_LONG_PROMPT = 100_000;

    private static final BigDecimal HAIKU_LONG_FACTOR = BigDecimal.valueOf(5);

    private ModelPrices() {}

    /** US dollars for a million tokens of each kind. */
    private record Price(
            BigDecimal input, BigDecimal output, BigDecimal cacheRead, BigDecimal cacheWrite, BigDecimal cacheHour) {

        Price(String input, String output, String cacheRead, String cacheWrite, String cacheHour) {
            this(
                    new BigDecimal(input),
                    new BigDecimal(output),
                    new BigDecimal(cacheRead),
                    new BigDecimal(cacheWrite),
                    new BigDecimal(cacheHour));
        }

        BigDecimal of(Tokens tokens) {
            return times(input, tokens.input())
                    .add(times(output, tokens.output()))
                    .add(times(cacheRead, tokens.cacheRead()))
                    .add(times(cacheWrite, tokens.cacheWrite()))
                    .add(times(cacheHour, tokens.cacheWriteHour()))
                    .movePointLeft(DIGITS_OF_A_MILLION);
        }

        private static BigDecimal times(BigDecimal price, long tokens) {
            return price.multiply(BigDecimal.valueOf(tokens));
        }
    }

    /** What one call has cost, in US dollars. A model that has no price here costs what the CLI takes too: as opus. */
    static BigDecimal usd(String model, Tokens call) {
        String family =
                BY_FAMILY.keySet().stream().filter(model::contains).findFirst().orElse("opus");
        BigDecimal usd = BY_FAMILY.get(family).of(call);
        return family.equals("haiku") && call.prompt() >= HAIKU_LONG_PROMPT ? usd.multiply(HAIKU_LONG_FACTOR) : usd;
    }
}
