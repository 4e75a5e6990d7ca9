package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import com.sun.net.httpserver.HttpServer;
import io.agentservice.job.JobEvent;
import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceProcess;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that nobody here wrote follow a job while the service is killed and comes back. */
@Tag("full")
class ClientsThroughRestartIT {

    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final Path CLIENTS = Path.of("target/clients");

    private final ServiceUnderTest around = new ServiceUnderTest();
    private final ExecutorService followers = Executors.newCachedThreadPool();
    private Map<String, String> config;
    private ServiceProcess service;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws IOException {
        config = new HashMap<>(around.start());
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            config.put("quarkus.http.port", Integer.toString(free.getLocalPort()));
        }
        service = ServiceProcess.start(config);
    }

    @AfterEach
    void stop() {
        followers.shutdownNow();
        service.close();
        around.stop();
    }

    private static String stream(String id) {
        return "%s:%d/jobs/%s/events".formatted(RestAssured.baseURI, RestAssured.port, id);
    }

    /** Lets the job go on for a while, kills the service in the middle, and returns when the job has ended. */
    private List<Long> throughARestart(String id) throws Exception {
        try (var stream = Jobs.follow(id, "", Optional.empty())) {
            stream.until(event -> event.id() == 100);
        }
        service.kill();
        assertThat(service.awaitExit(10)).isTrue();
        service = ServiceProcess.start(config);
        Jobs.awaitFinal(id);
        List<Long> ids = Jobs.events(id).stream().map(SseEvent::id).toList();
        assertThat(ids).hasSizeGreaterThan(500);
        return ids;
    }

    @Test
    void librariesThatNobodyHereWroteMissNothing() throws Exception {
        installClients();
        String id = Jobs.submit("stub-paced", "hi");
        Future<List<Long>> java = followers.submit(() -> withOkHttp(stream(id)));
        Future<List<Long>> node = followers.submit(withNode(stream(id)));

        List<Long> stored = throughARestart(id);

        assertThat(java.get(60, TimeUnit.SECONDS)).isEqualTo(stored);
        assertThat(node.get(60, TimeUnit.SECONDS)).isEqualTo(stored);
    }

    /** com.launchdarkly:okhttp-eventsource. It takes a 204 for an empty stream, so it is closed at the final status. */
    private static List<Long> withOkHttp(String url) {
        List<Long> seen = new ArrayList<>();
        var connect = ConnectStrategy.http(URI.create(url)).header("Authorization", "Bearer " + ServiceUnderTest.TOKEN);
        try (var source = new EventSource.Builder(connect)
                .errorStrategy(ErrorStrategy.alwaysContinue())
                .build()) {
            for (MessageEvent event : source.messages()) {
                seen.add(Long.parseLong(event.getLastEventId()));
                if (event.getEventName().equals("status") && isFinal(new JsonPath(event.getData()))) {
                    break;
                }
            }
        }
        return seen;
    }

    private static boolean isFinal(JsonPath status) {
        return List.of("completed", "failed").contains(String.valueOf(status.getString("status")));
    }

    /** The npm package eventsource. */
    private Callable<List<Long>> withNode(String url) {
        List<String> command = new ArrayList<>(List.of("node", "eventsource.mjs", url, ServiceUnderTest.TOKEN));
        command.addAll(JobEvent.TYPES);
        return () -> {
            Path out = folder.resolve("node");
            Process process = new ProcessBuilder(command)
                    .directory(CLIENTS.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            process.destroyForcibly();
            List<String> lines = Files.readAllLines(out);
            assertThat(ended).as("%s", lines).isTrue();
            assertThat(lines).last().isEqualTo("closed 204");
            return lines.stream().limit(lines.size() - 1).map(Long::parseLong).toList();
        };
    }

    /** As src/cli/install does it: pinned, without scripts, into a folder of the build. */
    private static void installClients() throws Exception {
        Files.createDirectories(CLIENTS);
        try (Stream<Path> files = Files.list(Path.of("src/test/clients"))) {
            for (Path file : files.toList()) {
                Files.copy(
                        file, CLIENTS.resolve(file.getFileName()), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
        int code = new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
                .directory(CLIENTS.toFile())
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).as("npm ci in %s", CLIENTS).isZero();
    }

    @Test
    void aPageInABrowserMissesNothing() throws Exception {
        Optional<String> browser = Stream.of("chromium", "chromium-browser", "google-chrome")
                .filter(ClientsThroughRestartIT::isInstalled)
                .findFirst();
        assumeTrue(browser.isPresent(), "no chromium here: .ci/run installs it");
        String id = Jobs.submit("stub-paced", "hi");
        var reported = new CompletableFuture<String>();
        HttpServer pages = pages(reported);
        Process process = browse(browser.get(), pages.getAddress().getPort(), stream(id));
        try {
            List<Long> stored = throughARestart(id);

            JsonPath report = new JsonPath(reported.get(60, TimeUnit.SECONDS));
            assertThat(report.getList("seen", Long.class)).isEqualTo(stored);
            // It was cut off at least once, and in the end it was told that there is no more.
            assertThat(report.getList("log")).hasSizeGreaterThan(2).last().isEqualTo(204);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            pages.stop(0);
        }
    }

    private static boolean isInstalled(String command) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }

    /** The page, and where it reports to. */
    private static HttpServer pages(CompletableFuture<String> reported) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] page = Files.readAllBytes(Path.of("src/test/resources/pages/follow.html"));
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.createContext("/done", exchange -> {
            reported.complete(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** The page is not of the service's origin, as one behind the same ingress would be: the browser is told to bear it. */
    private Process browse(String browser, int port, String url) throws IOException {
        String pages = "http://127.0.0.1:" + port;
        String job = "{\"url\":\"%s\",\"token\":\"%s\",\"report\":\"%s/done\"}"
                .formatted(url.replace("localhost", "127.0.0.1"), ServiceUnderTest.TOKEN, pages);
        String fragment = URLEncoder.encode(job, StandardCharsets.UTF_8).replace("+", "%20");
        return new ProcessBuilder(
                        browser,
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-web-security",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--remote-debugging-port=0",
                        pages + "/#" + fragment)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("browser").toFile())
                .start();
    }
}
