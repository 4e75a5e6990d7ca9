package io.agentservice.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Requests a second, beside an endpoint of the same server that does next to nothing. */
final class RequestBench {

    private static final int ROUNDS = 5;
    private static final Duration ROUND = Duration.ofMillis(1500);
    private static final Duration DISK = Duration.ofMillis(400);

    private final Service.Launch launch;
    private final Measured bare = new Measured();
    private final Measured job = new Measured();
    private final Measured execute = new Measured();
    private final Series rows = new Series();
    private final Series pages = new Series();

    RequestBench(Service.Launch launch) {
        this.launch = launch;
    }

    /** The rounds of one endpoint. */
    private static final class Measured {
        private final Series perSecond = new Series();
        private final Series cpu = new Series();

        void add(HttpLoad.Rate rate) {
            perSecond.add(rate.perSecond());
            cpu.add(rate.cpuMicros());
        }
    }

    List<Table> run() throws Exception {
        // One place to run, taken by an agent that waits: what is submitted is stored and stays in the queue.
        var settings = Map.of("MAX_CONCURRENCY", "1", "MAX_QUEUE_DEPTH", "10000000");
        try (var service = launch.start(settings);
                var silent = launch.home().openLine()) {
            var api = new Api(service);
            String finished = api.submit(BenchHome.SAY_NOTHING);
            api.awaitCompleted(finished);
            api.awaitRunning(api.submit(BenchHome.SAY_WHAT_COMES));
            var submit = HttpLoad.post(service, "/execute", Api.submission(BenchHome.SAY_NOTHING), 202);
            measure(service, HttpLoad.get(service, "/health"), HttpLoad.get(service, "/jobs/" + finished), submit);
            Table look = launch.profile(
                    service,
                    "Hot methods of `GET /jobs/{id}`",
                    "get.jfr",
                    () -> HttpLoad.get(service, "/jobs/" + finished).run(ROUND.multipliedBy(2)));
            Table hot = launch.profile(
                    service, "Hot methods of `POST /execute`", "execute.jfr", () -> submit.run(ROUND.multipliedBy(2)));
            silent.write('\n');
            return List.of(requests(), disk(), look, hot);
        }
    }

    private void measure(Service service, HttpLoad health, HttpLoad finished, HttpLoad submit) throws Exception {
        for (var load : List.of(health, finished, submit)) {
            service.warmUp(() -> load.run(ROUND));
        }
        var disk = new RawStore(launch.home().fresh("raw"));
        for (int round = 0; round < ROUNDS; round++) {
            bare.add(health.run(ROUND));
            job.add(finished.run(ROUND));
            execute.add(submit.run(ROUND));
            rows.add(1e6 / disk.rows(DISK).median());
            pages.add(1e6 / disk.pages(DISK).median());
        }
    }

    private Table requests() {
        var table = new Table(
                "Requests, %d connections, %d rounds".formatted(HttpLoad.CONNECTIONS, ROUNDS),
                "endpoint",
                "beside the bare one: median (least–most)",
                "requests/s",
                "service CPU µs/request");
        table.row("`GET /health` (bare)", "1", bare.perSecond.median(), bare.cpu.median());
        table.row(
                "`GET /jobs/{id}`, finished",
                job.perSecond.over(bare.perSecond).spread(),
                job.perSecond.median(),
                job.cpu.median());
        return table.row(
                "`POST /execute`, queued",
                execute.perSecond.over(bare.perSecond).spread(),
                execute.perSecond.median(),
                execute.cpu.median());
    }

    private Table disk() {
        return new Table("The same disk in the same rounds, one thread", "what", "jobs accepted for each", "per second")
                .row(
                        "one row, one commit (SQLite, WAL, FULL)",
                        execute.perSecond.over(rows).spread(),
                        rows.median())
                .row("one page, one fdatasync", execute.perSecond.over(pages).spread(), pages.median());
    }
}
