package io.agentservice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One way to package the service and to start it.
 *
 * @param title as the table has it
 * @param program with its options
 * @param what the arguments after those for the folder of its files
 * @param cache the AOT cache that is made before it is measured; empty for none
 */
record Packaging(String title, List<String> program, List<String> what, Optional<Path> cache)
        implements Service.Command {

    private static final String HEAP = "-Xmx512m";
    private static final String COMPACT = "-XX:+UseCompactObjectHeaders";

    /** All that there is on this machine and in this build; what is missing is said. */
    static List<Packaging> found(Path target, Path caches) throws IOException {
        List<Packaging> found = new ArrayList<>();
        for (String layout : List.of("fast-jar", "aot-jar")) {
            Path jar = target.resolve(layout.equals("fast-jar") ? "quarkus-app" : layout)
                    .resolve("quarkus-run.jar");
            if (!Files.exists(jar)) {
                System.err.println("bench: no " + jar + ", so no rows of it: docs/benchmarks.md says how to make it");
                continue;
            }
            int here = Runtime.version().feature();
            found.add(on(Path.of(System.getProperty("java.home")), here + " " + layout, jar, List.of()));
            var twentyFive = jdk25();
            if (twentyFive.isEmpty()) {
                System.err.println("bench: no JDK 25: set JAVA25_HOME");
                continue;
            }
            for (List<String> headers : List.of(List.<String>of(), List.of(COMPACT))) {
                String title = "25 " + layout + (headers.isEmpty() ? "" : ", compact headers");
                if (here != 25 || !headers.isEmpty()) {
                    found.add(on(twentyFive.get(), title, jar, headers));
                }
                found.add(on(twentyFive.get(), title + ", AOT cache", jar, headers)
                        .cachedIn(caches.resolve(layout + headers.size() + ".aot")));
            }
        }
        executable(target).ifPresent(found::add);
        return found;
    }

    private static Packaging on(Path jdk, String title, Path jar, List<String> options) {
        List<String> program = new ArrayList<>(List.of(jdk.resolve("bin/java").toString(), HEAP));
        program.addAll(options);
        return new Packaging(title, program, List.of("-jar", jar.toString()), Optional.empty());
    }

    private Packaging cachedIn(Path file) {
        return new Packaging(title, program, what, Optional.of(file));
    }

    private static Optional<Packaging> executable(Path target) throws IOException {
        String named = System.getProperty("bench.native", "");
        try (Stream<Path> built = Files.list(target)) {
            Optional<Path> file = named.isEmpty()
                    ? built.filter(path -> path.toString().endsWith("-runner")).findFirst()
                    : Optional.of(Path.of(named));
            if (file.isEmpty()) {
                System.err.println("bench: no native executable: build one, or name it by -Dbench.native=");
            }
            return file.map(
                    path -> new Packaging("native", List.of(path.toString(), HEAP), List.of(), Optional.empty()));
        }
    }

    /** JAVA25_HOME, or a JDK 25 beside the one that runs this. */
    private static Optional<Path> jdk25() throws IOException {
        String named = System.getenv("JAVA25_HOME");
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        try (Stream<Path> siblings =
                Files.list(Path.of(System.getProperty("java.home")).getParent())) {
            return siblings.filter(Packaging::is25).min(Comparator.naturalOrder());
        }
    }

    private static boolean is25(Path jdk) {
        try {
            return Files.readString(jdk.resolve("release")).contains("JAVA_VERSION=\"25");
        } catch (IOException noJdk) {
            return false;
        }
    }

    /** The command that is measured. */
    @Override
    public List<String> in(Path data) {
        return command(data, cache.map(file -> "-XX:AOTCache=" + file));
    }

    /** The command that writes the cache when it is ended. */
    List<String> training(Path data) {
        return command(data, cache.map(file -> "-XX:AOTCacheOutput=" + file));
    }

    private List<String> command(Path data, Optional<String> option) {
        List<String> command = new ArrayList<>(program);
        option.ifPresent(command::add);
        command.add("-Djava.io.tmpdir=" + data);
        command.add("-Dorg.sqlite.tmpdir=" + data);
        command.addAll(what);
        return command;
    }
}
