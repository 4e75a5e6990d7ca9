package io.agentservice.api;

import static io.agentservice.api.TokenHolders.as;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentservice.testing.AccessSurroundings;
import io.agentservice.testing.Jobs;
import io.agentservice.testing.LogCapture;
import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller with a good token might try, or anybody with a connection. */
@Tag("full")
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
@WithTestResource(AccessSurroundings.class)
@TestProfile(TokenHolders.Profile.class)
class AttacksTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String AGENT = "stub-shows";

    private static final List<String> NASTY = List.of(
            "../../etc/passwd",
            "--dangerously-skip-permissions",
            "-c",
            "a\0b",
            "a\nb",
            "a\r\nX-Injected: yes",
            "\u202egnp.exe",
            "$(touch /tmp/x)",
            "'; DROP TABLE job; --",
            "a b");

    private static String head(String more) {
        return "POST /execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + more + "\r\n";
    }

    private static String authorized(String more) {
        return head("Authorization: Bearer alice-secret\r\n" + more);
    }

    /** Sends this, reads what comes until the other end hangs up, and returns it. */
    private static String exchange(byte[] sent) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", RestAssured.port));
            socket.setSoTimeout(20_000);
            var sending = CompletableFuture.runAsync(() -> send(socket, sent));
            String answer = read(socket.getInputStream());
            sending.join();
            return answer;
        }
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
        } catch (IOException hungUp) {
            // The other end has heard enough.
        }
    }

    private static String read(InputStream in) {
        var read = new ByteArrayOutputStream();
        try {
            in.transferTo(read);
        } catch (java.net.SocketTimeoutException e) {
            throw new IllegalStateException("the connection stays open: " + read, e);
        } catch (IOException reset) {
            // An end, too.
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] chunked(String head, int chunks) {
        byte[] chunk = ascii("10000\r\n" + " ".repeat(0x10000) + "\r\n");
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ascii(head));
        for (int i = 0; i < chunks; i++) {
            bytes.writeBytes(chunk);
        }
        bytes.writeBytes(ascii("0\r\n\r\n"));
        return bytes.toByteArray();
    }

    private static void assertQuiet(LogCapture log) {
        assertThat(log.records())
                .as(log.lines().toString())
                .noneMatch(logged ->
                        logged.getThrown() != null || logged.getLevel().intValue() >= Level.SEVERE.intValue());
    }

    @Test
    void aBodyOfUnknownLengthIsReadNoFurtherThanItMayGo() throws IOException {
        try (var log = LogCapture.of("")) {
            String answer = exchange(chunked(authorized("Transfer-Encoding: chunked\r\n"), 200));

            // That the answer has an end says that the connection was closed.
            assertThat(answer).matches(told -> told.isEmpty() || told.startsWith("HTTP/1.1 413 "));
            assertQuiet(log);
        }
        assertThat(as("alice").get("/jobs").statusCode()).isEqualTo(200);
    }

    @Test
    void aStrangersBodyIsAnsweredAtOnceAndNotReadForEver() throws IOException {
        byte[] endless = chunked(head("Transfer-Encoding: chunked\r\n"), 200);
        try (var log = LogCapture.of("")) {
            String answer = exchange(Arrays.copyOf(endless, endless.length - 5));

            assertThat(answer).startsWith("HTTP/1.1 401 ");
            assertQuiet(log);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /jobs HTTP/1.1\r\nHost: "})
    void whoNeverFinishesAFirstRequestIsNotWaitedFor(String beginning) throws IOException {
        // It comes to an end, which is all that is asked.
        assertThat(exchange(ascii(beginning))).doesNotContain(" 200 ");
    }

    @Test
    void aBodyOfUnknownLengthThatIsSmallIsAsGoodAsAny() throws IOException {
        String body = "{\"agent\":\"no-such\",\"prompt\":\"x\"}";
        String chunk = "%x\r\n%s\r\n0\r\n\r\n".formatted(body.length(), body);
        String answer = exchange(ascii(authorized("Transfer-Encoding: chunked\r\nConnection: close\r\n") + chunk));

        assertThat(answer).startsWith("HTTP/1.1 422 ");
    }

    @Test
    void aThousandParametersAndAThousandHeadersAreNoTrouble() throws IOException {
        try (var log = LogCapture.of("")) {
            String parameters = IntStream.range(0, 900).mapToObj(i -> "p=1").collect(Collectors.joining("&"));
            assertThat(as("alice").get("/jobs?" + parameters).statusCode()).isEqualTo(400);
            String more = IntStream.range(0, 1000).mapToObj(i -> "p" + i + "=1").collect(Collectors.joining("&"));
            assertThat(as("alice").get("/jobs?" + more).statusCode()).isBetween(400, 414);
            String headers =
                    IntStream.range(0, 1000).mapToObj(i -> "p" + i + ": 1\r\n").collect(Collectors.joining());
            String answer = exchange(ascii("GET /jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice-secret\r\n"
                    + "Connection: close\r\n" + headers + "\r\n"));
            assertThat(answer).containsPattern("^HTTP/1.1 (200|431) ");
            assertQuiet(log);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: -1\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Content-Length: 9000000000\r\n",
                "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
            })
    void whatMayBeReadInTwoWaysIsNotTakenIn(String framing) throws IOException {
        try (var log = LogCapture.of("")) {
            String answer = exchange(ascii(authorized(framing + "Connection: close\r\n") + "zz\r\n\r\n"));

            assertThat(answer)
                    .as(framing)
                    .satisfiesAnyOf(
                            none -> assertThat(none).isEmpty(),
                            told -> assertThat(told).containsPattern("^HTTP/1.1 4"));
            assertQuiet(log);
        }
    }

    private static Response execute(Map<String, ?> fields) {
        Map<String, Object> body = new LinkedHashMap<>(Map.of("agent", AGENT, "prompt", "hi"));
        body.putAll(fields);
        return as("alice").body(body).post("/execute");
    }

    @Test
    void namesThatAreNoneAreRefusedInEveryFieldThatBecomesAnArgumentOrAPath() {
        for (String field : List.of("agent", "model", "repository", "ref")) {
            for (String nasty : NASTY) {
                Response answer = execute(Map.of(field, nasty));
                assertThat(answer.statusCode()).as(field + " " + nasty).isEqualTo(400);
                assertThat(answer.asString()).contains("\"field\":\"" + field + "\"");
            }
        }
        for (String ref : List.of("a/../../b", "a@{1}", "a..b", "refs/heads/x.lock", "a\tb", "@", "HEAD:x", "a~1")) {
            assertThat(execute(Map.of("agent", "git-agent", "ref", ref)).statusCode())
                    .as(ref)
                    .isEqualTo(400);
        }
        for (String key : List.of("a\0b", "a\nb", "a b", "\u202egnp.exe", "x".repeat(129))) {
            assertThat(execute(Map.of("concurrency_key", key)).statusCode())
                    .as(key)
                    .isEqualTo(400);
        }
    }

    @Test
    void aKeyOfARequestIsPrintableOrRefused() throws IOException {
        for (String key : List.of("a\0b", "\u00e2\u0080\u00aegnp", "a\u0007b", "x".repeat(256))) {
            String body = "{\"agent\":\"no-such\",\"prompt\":\"x\"}";
            String answer =
                    exchange(ascii(authorized("Connection: close\r\nContent-Length: %d\r\nIdempotency-Key: %s\r\n"
                                    .formatted(body.length(), key))
                            + body));
            assertThat(answer).as(key).startsWith("HTTP/1.1 400 ");
        }
    }

    /** What a job's process was started with. */
    private record Started(List<String> arguments, Map<String, String> environment) {

        private static final List<String> OF_ONE_JOB = List.of(
                "HOME",
                "TMPDIR",
                "CLAUDE_CODE_TMPDIR",
                "CLAUDE_CONFIG_DIR",
                "CLAUDE_AGENT_SERVICE_RUN",
                "PWD",
                "OLDPWD");

        static Started of(String job) {
            String told = Jobs.events(job).stream()
                    .map(event -> event.data())
                    .filter(data -> data.contains("argv=") || data.contains("environ="))
                    .collect(Collectors.joining("\n"));
            List<String> arguments = parts(told, "argv=");
            int session = arguments.indexOf("--session-id");
            arguments.set(session + 1, "SESSION");
            Map<String, String> environment = new TreeMap<>();
            parts(told, "environ=").forEach(pair -> {
                String name = pair.substring(0, pair.indexOf('='));
                environment.put(name, OF_ONE_JOB.contains(name) ? "" : pair.substring(pair.indexOf('=') + 1));
            });
            return new Started(arguments, environment);
        }

        private static List<String> parts(String told, String name) {
            var found =
                    java.util.regex.Pattern.compile(name + "([A-Za-z0-9+/=]+)").matcher(told);
            assertThat(found.find()).as(told).isTrue();
            String plain = found.group(1)
                    .chars()
                    .mapToObj(c -> String.valueOf((char) unveiled(c)))
                    .collect(Collectors.joining());
            String all = new String(Base64.getDecoder().decode(plain), StandardCharsets.UTF_8);
            return new ArrayList<>(Arrays.asList(all.split("\0")));
        }

        private static int unveiled(int c) {
            if (!Character.isLetter(c)) {
                return c;
            }
            int first = c >= 'a' ? 'a' : 'A';
            return first + (c - first + 13) % 26;
        }
    }

    @Test
    void whatIsTakenInIsNoArgumentNoVariableAndNoPath() throws IOException {
        Started usual =
                Started.of(execute(Map.of()).then().statusCode(202).extract().path("job_id"));
        assertThat(usual.arguments()).contains("--agent", AGENT);
        Map<String, String> jobs = new LinkedHashMap<>();
        ObjectNode metadata = JSON.createObjectNode();
        for (String nasty : NASTY) {
            metadata.put(nasty, nasty);
        }
        jobs.put("metadata", execute(Map.of("metadata", metadata)).path("job_id"));
        for (String key : List.of("../../etc/passwd", "--dangerously-skip-permissions", "-c", "$(touch,/tmp/x)")) {
            var request = as("alice")
                    .body(Map.of("agent", AGENT, "prompt", "hi", "concurrency_key", key))
                    .header("Idempotency-Key", key + System.nanoTime());
            jobs.put(
                    key,
                    request.post("/execute").then().statusCode(202).extract().path("job_id"));
        }
        for (var job : jobs.entrySet()) {
            assertThat(Started.of(job.getValue())).as(job.getKey()).isEqualTo(usual);
        }
        JsonNode kept =
                JSON.readTree(as("alice").get("/jobs/" + jobs.get("metadata")).asString());
        assertThat(kept.path("metadata").path("a\0b").asText()).isEqualTo("a\0b");
    }

    @Test
    void aModelAndASchemaAreOneArgumentEachWhateverIsInThem() throws IOException {
        Started usual = Started.of(execute(Map.of()).path("job_id"));
        for (String nasty : List.of("--dangerously-skip-permissions", "a\0b\n-c", "\u202e'; $(touch /tmp/x)")) {
            Map<String, Object> schema = Map.of("type", "object", "description", nasty);
            Response answer = as("alice")
                    .body(Map.of("agent", AGENT, "prompt", "hi", "model", "a/../../etc/passwd", "json_schema", schema))
                    .post("/execute");
            assertThat(answer.statusCode()).as(nasty).isEqualTo(202);
            List<String> arguments = Started.of(answer.path("job_id")).arguments();
            int before = usual.arguments().size();
            assertThat(arguments.subList(0, before)).isEqualTo(usual.arguments());
            assertThat(arguments.subList(before, arguments.size()))
                    .hasSize(4)
                    .startsWith("--model", "a/../../etc/passwd", "--json-schema");
            assertThat(JSON.readTree(arguments.get(before + 3))
                            .path("description")
                            .asText())
                    .isEqualTo(nasty);
        }
    }
}
