package io.agentservice.bench;

import io.agentservice.testing.Jvm;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What clients that follow a silent job hold in memory. */
final class MemoryBench {

    private static final List<Integer> CLIENTS = List.of(0, 100, 1000);
    private static final int EVENTS = 100;

    private final Service.Launch launch;
    private final Table table = new Table(
            "Memory of idle followers of one live job",
            "clients",
            "heap after GC, MB",
            "RSS, MB",
            "heap KB/client",
            "RSS KB/client");

    MemoryBench(Service.Launch launch) {
        this.launch = launch;
    }

    List<Table> run() throws IOException, InterruptedException {
        try (var service = launch.start(Map.of("MAX_CONCURRENCY", "1"));
                var job = LiveJob.start(service, launch.home())) {
            job.say(EVENTS);
            try (var first = new SseClients(service, job.id()).connect(1)) {
                first.awaitStamps(EVENTS);
            }
            try (var clients = new SseClients(service, job.id())) {
                measure(new Jvm(service.pid()), clients);
            }
        }
        return List.of(table);
    }

    private void measure(Jvm jvm, SseClients clients) throws IOException, InterruptedException {
        long heapAtFirst = 0;
        long residentAtFirst = 0;
        int connected = 0;
        for (int wanted : CLIENTS) {
            clients.connect(wanted - connected).awaitStamps(EVENTS);
            connected = wanted;
            long heap = jvm.liveHeapBytes();
            long resident = jvm.residentBytes();
            heapAtFirst = wanted == 0 ? heap : heapAtFirst;
            residentAtFirst = wanted == 0 ? resident : residentAtFirst;
            table.row(
                    wanted,
                    heap / 1e6,
                    resident / 1e6,
                    perClient(heap - heapAtFirst, wanted),
                    perClient(resident - residentAtFirst, wanted));
        }
    }

    private static Object perClient(long bytes, int clients) {
        return clients == 0 ? "–" : bytes / 1e3 / clients;
    }
}
