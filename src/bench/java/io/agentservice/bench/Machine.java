package io.agentservice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the figures were measured on. */
final class Machine {

    private static final double GIB = 1L << 30;

    private Machine() {}

    static String describe(Path directory) throws IOException {
        var system = (com.sun.management.OperatingSystemMXBean)
                java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        return "%d cores, %.0f GiB, %s %s, Java %s, data on %s, load average at the end %.1f"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        system.getTotalMemorySize() / GIB,
                        system.getName(),
                        system.getArch(),
                        Runtime.version(),
                        Files.getFileStore(directory).type(),
                        system.getSystemLoadAverage());
    }
}
