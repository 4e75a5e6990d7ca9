package io.agentservice.access;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads the issuer's keys, as the pod that this service runs in may. */
@Singleton
final class KeyDownload {

    private static final int MAX_BYTES = 1 << 20;

    private final ServiceAccountsConfig config;
    private final Vertx vertx;

    KeyDownload(AccessConfig config, Vertx vertx) {
        this.config = config.serviceAccounts();
        this.vertx = vertx;
    }

    /** The JWKS document. The files are read again each time, since Kubernetes replaces them. */
    Uni<String> read() {
        return Uni.createFrom()
                .completionStage(() -> authorization().compose(this::read).toCompletionStage());
    }

    private Future<String> authorization() {
        return config.tokenFile().isEmpty()
                ? Future.succeededFuture("")
                : vertx.fileSystem()
                        .readFile(config.tokenFile().get().toString())
                        .map(token -> "Bearer "
                                + token.toString(StandardCharsets.UTF_8).strip());
    }

    private Future<String> read(String authorization) {
        long patience = config.keysTimeout().toMillis();
        HttpClient client = vertx.createHttpClient(options());
        var request = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(config.jwksUrl().toString())
                .setTimeout(patience)
                .putHeader("Accept", "application/jwk-set+json, application/json");
        if (!authorization.isEmpty()) {
            request.putHeader("Authorization", authorization);
        }
        Future<String> body =
                client.request(request).compose(sent -> sent.send()).compose(KeyDownload::body);
        return body.onComplete(done -> client.close());
    }

    private HttpClientOptions options() {
        var options = new HttpClientOptions()
                .setConnectTimeout((int) config.keysTimeout().toMillis())
                .setIdleTimeout((int) Math.max(1, config.keysTimeout().toSeconds()))
                .setDecoderInitialBufferSize(8192);
        config.caFile()
                .map(Path::toString)
                .ifPresent(file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file)));
        return options;
    }

    private static Future<String> body(HttpClientResponse response) {
        if (response.statusCode() != 200) {
            return Future.failedFuture("it answered %d".formatted(response.statusCode()));
        }
        Buffer body = Buffer.buffer();
        response.handler(chunk -> {
            body.appendBuffer(chunk);
            if (body.length() > MAX_BYTES) {
                response.request().reset();
            }
        });
        return response.end().map(end -> body.toString(StandardCharsets.UTF_8));
    }
}
