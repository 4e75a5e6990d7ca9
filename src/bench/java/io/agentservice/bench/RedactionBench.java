package io.agentservice.bench;

import io.agentservice.secrets.KnownSecrets;
import io.agentservice.secrets.Redactor;
import io.agentservice.store.EventFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** What looking for secrets costs, by how many are known; beside one pass that only reads the chars. */
final class RedactionBench {

    private static final int ROUNDS = 7;
    private static final long BYTES = 16_000_000;

    private final Service.Launch launch;

    RedactionBench(Service.Launch launch) {
        this.launch = launch;
    }

    List<Table> run() throws IOException {
        AgentLines.write(launch.home().stream(), BYTES);
        List<String> lines = Files.readAllLines(Path.of(launch.home().stream().toString()));
        double megabytes = lines.stream().mapToLong(String::length).sum() / 1e6;
        var table = new Table("Redaction of stream-json, " + ROUNDS + " rounds", "known secrets", "ms/MB", "MB/s");
        Series bare = new Series();
        for (int round = 0; round < ROUNDS; round++) {
            bare.add(millis(() -> lines.forEach(RedactionBench::readOnly)) / megabytes);
        }
        table.row("(for scale) reading the chars", bare.spread(), 1000 / bare.median());
        for (int secrets : List.of(0, 1, 20, 200)) {
            Series cost = cost(lines, secrets, megabytes);
            table.row(secrets, cost.spread(), 1000 / cost.median());
        }
        return List.of(table);
    }

    private static Series cost(List<String> lines, int secrets, double megabytes) {
        var known = new KnownSecrets();
        var random = new Random(secrets);
        for (int i = 0; i < secrets; i++) {
            known.remember("secret-" + i, secret(random));
        }
        EventFilter.OutputFilter filter = new Redactor(known).output();
        var cost = new Series();
        for (int round = -2; round < ROUNDS; round++) {
            double millis = millis(() -> lines.forEach(line -> filter.stdout(line, false)));
            if (round >= 0) {
                cost.add(millis / megabytes);
            }
        }
        return cost;
    }

    private static String secret(Random random) {
        return random.ints(40, '0', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static int readOnly(String line) {
        int sum = 0;
        for (int i = 0; i < line.length(); i++) {
            sum = 31 * sum + line.charAt(i);
        }
        return sum;
    }

    private static double millis(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }
}
