package io.agentservice.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the parts that are asked for, one after the other, and prints what they found. Listens and calls on loopback
 * only, works in a folder of the build, and ends by itself.
 *
 * <pre>Bench target [requests,ingest,latency,memory,scrape,redaction,startup]</pre>
 *
 * where {@code target} is the folder of a build; recordings for JDK Mission Control are left in its folder {@code bench}.
 */
public final class Bench {

    private static final Duration AT_MOST = Duration.ofMinutes(6);
    /** Of {@code startup}, which starts a hundred services. */
    private static final Duration AT_MOST_STARTING = Duration.ofMinutes(40);

    private static final String ALL = "requests,ingest,latency,memory,scrape,redaction";

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        Path target = Path.of(arguments[0]).toAbsolutePath();
        var parts = List.of((arguments.length > 1 ? arguments[1] : ALL).split(","));
        var home = BenchHome.createIn(target.resolve("bench"));
        endAfter(parts.contains("startup") ? AT_MOST_STARTING : AT_MOST);
        List<Table> tables = new ArrayList<>();
        for (String part : parts) {
            System.err.println("bench: " + part);
            tables.addAll(run(part, new Service.Launch(target, home)));
        }
        System.out.println(Machine.describe(home.directory()));
        tables.forEach(System.out::println);
        System.exit(0);
    }

    private static List<Table> run(String part, Service.Launch launch) throws Exception {
        return switch (part) {
            case "requests" -> new RequestBench(launch).run();
            case "ingest" -> new IngestBench(launch).run();
            case "latency" -> new LatencyBench(launch).run();
            case "memory" -> new MemoryBench(launch).run();
            case "scrape" -> new ScrapeBench(launch).run();
            case "redaction" -> new RedactionBench(launch).run();
            case "startup" -> new StartupBench(launch).run();
            default ->
                throw new IllegalArgumentException("no part is called '%s'; there are %s,startup".formatted(part, ALL));
        };
    }

    /** Whatever hangs, the bench ends, and with it all that it started (see {@link BenchHome}). */
    private static void endAfter(Duration time) {
        var watchdog = new Thread(
                () -> {
                    Pace.sleep(time);
                    System.err.println("bench: not done after " + time + ", giving up");
                    System.exit(1);
                },
                "bench-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
    }
}
