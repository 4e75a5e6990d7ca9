package io.agentservice.store.jdbc;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Money as the store keeps it: billionths of a US dollar. */
final class Nanos {

    private static final int DIGITS = 9;

    private Nanos() {}

    static long of(BigDecimal usd) {
        return usd.setScale(DIGITS, RoundingMode.HALF_UP).unscaledValue().longValueExact();
    }

    static BigDecimal usd(long nanos) {
        return BigDecimal.valueOf(nanos, DIGITS).stripTrailingZeros();
    }
}
