package io.agentservice.testing;

import io.restassured.path.json.JsonPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The scripted stand-in for the model's API, as a process of its own on a free port. */
public final class StandInApi implements AutoCloseable {

    private final Process process;
    private final URI base;

    private StandInApi(Process process, URI base) {
        this.process = process;
        this.base = base;
    }

    public static StandInApi start() throws IOException {
        var process = new ProcessBuilder("node", "src/stand-in/messages-api.mjs", "0")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (line == null || !line.startsWith("listening ")) {
            process.destroyForcibly();
            throw new IOException("the stand-in did not start: " + line);
        }
        return new StandInApi(process, URI.create("http://127.0.0.1:" + line.substring("listening ".length())));
    }

    public URI base() {
        return base;
    }

    /** The requests to the model whose body holds {@code token}, oldest first. */
    public static List<JsonPath> requestsWith(String base, String token) throws IOException, InterruptedException {
        var response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(base + "/__requests")).build(), BodyHandlers.ofString());
        var all = new JsonPath(response.body());
        return java.util.stream.IntStream.range(0, all.getList("$").size())
                .mapToObj(i -> all.getMap("[" + i + "]"))
                .map(entry -> new com.fasterxml.jackson.databind.ObjectMapper()
                        .valueToTree(entry)
                        .toString())
                .filter(text -> text.contains("/v1/messages") && text.contains(token))
                .map(JsonPath::new)
                .toList();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
