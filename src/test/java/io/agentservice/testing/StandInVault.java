package io.agentservice.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;

/**
 * A Vault for tests: the stand-in, or the real Vault or OpenBao that VAULT_ADDR and VAULT_TOKEN name. What it is told
 * here goes through the public API, but for the "control" methods: with a real one, a test that needs them is skipped.
 */
public final class StandInVault implements AutoCloseable {

    private static final String ROOT = "root";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Optional<Process> process;
    private final URI base;
    private final String rootToken;
    private final HttpClient http = HttpClient.newHttpClient();

    private StandInVault(Optional<Process> process, URI base, String rootToken) {
        this.process = process;
        this.base = base;
        this.rootToken = rootToken;
    }

    /** The real one if the environment names it, else a stand-in. */
    public static StandInVault startOrReal() throws IOException {
        String address = System.getenv("VAULT_ADDR");
        String token = System.getenv("VAULT_TOKEN");
        return address == null || token == null
                ? start()
                : new StandInVault(Optional.empty(), URI.create(address), token);
    }

    /** A stand-in as a process of its own on a free port. */
    public static StandInVault start() throws IOException {
        return startAt(0);
    }

    public static StandInVault startAt(int port) throws IOException {
        var process = new ProcessBuilder("node", "src/stand-in/vault.mjs", Integer.toString(port))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (line == null || !line.startsWith("listening ")) {
            process.destroyForcibly();
            throw new IOException("the stand-in did not start: " + line);
        }
        URI base = URI.create("http://127.0.0.1:" + line.substring("listening ".length()));
        return new StandInVault(Optional.of(process), base, ROOT);
    }

    public URI base() {
        return base;
    }

    public String rootToken() {
        return rootToken;
    }

    public boolean isReal() {
        return process.isEmpty();
    }

    /** Writes a new version of a secret of the engine at {@code secret/}. */
    public void put(String path, Map<String, String> fields) {
        call("POST", "/v1/secret/data/" + path, Map.of("data", fields));
    }

    /** Removes a secret with all its versions. */
    public void remove(String path) {
        call("DELETE", "/v1/secret/metadata/" + path, null);
    }

    /** A token of that lifetime that may read these secrets. */
    public String token(String ttl, String... paths) {
        var rules = new java.util.HashMap<String, Object>();
        for (String path : paths) {
            rules.put("secret/data/" + path, Map.of("capabilities", List.of("read")));
        }
        String policy = "test-" + UUID.randomUUID();
        try {
            call(
                    "PUT",
                    "/v1/sys/policies/acl/" + policy,
                    Map.of("policy", JSON.writeValueAsString(Map.of("path", rules))));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
        var created = call("POST", "/v1/auth/token/create", Map.of("policies", List.of(policy), "ttl", ttl));
        return created.at("/auth/client_token").asText();
    }

    public void revoke(String token) {
        send("POST", "/v1/auth/token/revoke-self", null, token);
    }

    /** Control: makes {@code jwt} one of a service account that may log in with {@code role} and read everything. */
    public void knowJwt(String jwt, String role, int ttlSeconds) {
        control("PUT", "jwt", Map.of("jwt", jwt, "role", role, "ttl", ttlSeconds));
    }

    /** Control. */
    public void seal() {
        control("POST", "seal", null);
    }

    /** Control. */
    public void unseal() {
        control("POST", "unseal", null);
    }

    /** Control: each answer takes that long; 0 ends it. */
    public void slow(int millis) {
        control("POST", "slow", Map.of("ms", millis));
    }

    /** Control: each answer is an error of this status; 0 ends it. */
    public void fail(int status) {
        control("POST", "fail", Map.of("status", status));
    }

    /** Control: all tokens but the root token are worth nothing from now on. */
    public void revokeAll() {
        control("POST", "revoke", Map.of());
    }

    /** Control: its clock moves on, so leases run out. */
    public void advance(int seconds) {
        control("POST", "advance", Map.of("seconds", seconds));
    }

    /** Control: the method, path and status of each request, as one line each, oldest first. */
    public List<String> requests() {
        var lines = new java.util.ArrayList<String>();
        control("GET", "requests", null)
                .forEach(entry -> lines.add("%s %s %s"
                        .formatted(
                                entry.path("method").asText(),
                                entry.path("path").asText(),
                                entry.path("status").asInt())));
        return lines;
    }

    private JsonNode control(String method, String what, Object body) {
        Assumptions.assumeFalse(isReal(), "a real Vault cannot be told to " + what);
        return call(method, "/__control/" + what, body);
    }

    private JsonNode call(String method, String path, Object body) {
        HttpResponse<String> response = send(method, path, body, rootToken);
        if (response.statusCode() >= 300) {
            throw new IllegalStateException(
                    "%s %s: %d %s".formatted(method, path, response.statusCode(), response.body()));
        }
        try {
            return JSON.readTree(response.body());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> send(String method, String path, Object body, String token) {
        try {
            var publisher =
                    body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(JSON.writeValueAsString(body));
            var request = HttpRequest.newBuilder(base.resolve(path))
                    .header("X-Vault-Token", token)
                    .method(method, publisher)
                    .build();
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends the stand-in, as an outage would; a real one goes on. */
    @Override
    public void close() {
        process.ifPresent(Process::destroyForcibly);
    }
}
