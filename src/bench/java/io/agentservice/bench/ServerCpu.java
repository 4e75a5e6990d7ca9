package io.agentservice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The processor time that a process has used, and which of its threads used it. From {@code /proc}: Linux only. */
final class ServerCpu {

    /** USER_HZ of proc(5), the same on every Linux. */
    private static final double MICROS_PER_TICK = 10_000;

    private static final String JIT = "JIT compiler";
    private static final double WARM = 0.1;

    private final long pid;
    private final double micros;
    private final Map<String, Double> byThread;

    private ServerCpu(long pid, double micros, Map<String, Double> byThread) {
        this.pid = pid;
        this.micros = micros;
        this.byThread = byThread;
    }

    static ServerCpu now(Service service) throws IOException {
        Path process = Path.of("/proc", Long.toString(service.pid()));
        Map<String, Double> threads = new TreeMap<>();
        try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
            for (Path task : tasks.toList()) {
                String stat = Files.readString(task.resolve("stat"));
                threads.merge(group(stat), micros(stat), Double::sum);
            }
        }
        return new ServerCpu(service.pid(), micros(Files.readString(process.resolve("stat"))), threads);
    }

    /** Fields 14 and 15 of proc(5)'s stat: user and system time. */
    private static double micros(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_PER_TICK;
    }

    private static String group(String stat) {
        String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        if (name.startsWith("C1 ") || name.startsWith("C2 ")) {
            return JIT;
        }
        return name.startsWith("G1 ") || name.startsWith("GC ") || name.startsWith("VM ")
                ? "garbage collector"
                : name.replaceAll("[-# ]*\\d*$", "");
    }

    /** Used since its start, in microseconds, with the JIT compiler's. */
    double total() {
        return micros;
    }

    /** Used since then, in microseconds, but for the JIT compiler, whose work comes to an end some time. */
    double since(ServerCpu earlier) {
        return allSince(earlier) - jit() + earlier.jit();
    }

    /** Whether the JIT compiler had little to do since then: what is measured next is not its work. */
    boolean isWarmSince(ServerCpu earlier) {
        return jit() - earlier.jit() < WARM * allSince(earlier);
    }

    private double jit() {
        return byThread.getOrDefault(JIT, 0.0);
    }

    private double allSince(ServerCpu earlier) {
        if (pid != earlier.pid) {
            throw new IllegalArgumentException("not the same process");
        }
        return micros - earlier.micros;
    }

    /** Which groups of threads used how much of it, the busiest first, as shares of one. */
    Map<String, Double> sharesSince(ServerCpu earlier) {
        double all = allSince(earlier);
        Map<String, Double> shares = new LinkedHashMap<>();
        List<Map.Entry<String, Double>> used = byThread.entrySet().stream()
                .map(entry -> Map.entry(
                        entry.getKey(), (entry.getValue() - earlier.byThread.getOrDefault(entry.getKey(), 0.0)) / all))
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .toList();
        used.forEach(entry -> shares.put(entry.getKey(), entry.getValue()));
        return shares;
    }
}
