package io.agentservice.bench;

import java.util.Arrays;

/** Figures of one kind, added by one thread. */
final class Series {

    private double[] values = new double[1024];
    private int size;

    void add(double value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    void addAll(Series others) {
        for (int i = 0; i < others.size; i++) {
            add(others.values[i]);
        }
    }

    /** The value below which so much of them lies; {@code 1} for the largest. */
    double quantile(double share) {
        if (size == 0) {
            throw new IllegalStateException("nothing was measured");
        }
        double[] sorted = sorted();
        return sorted[(int) Math.min(size - 1, Math.floor(share * size))];
    }

    double median() {
        return quantile(0.5);
    }

    /** Each figure by the one measured beside it. */
    Series over(Series yardstick) {
        var ratios = new Series();
        for (int i = 0; i < Math.min(size, yardstick.size); i++) {
            ratios.add(values[i] / yardstick.values[i]);
        }
        return ratios;
    }

    private double[] sorted() {
        double[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        return sorted;
    }

    /** The median and, in brackets, the smallest and the largest. */
    String spread() {
        double[] sorted = sorted();
        return "%.3g (%.3g–%.3g)".formatted(median(), sorted[0], sorted[size - 1]);
    }
}
