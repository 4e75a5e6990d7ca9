package io.agentservice.api;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;

/**
 * Bounds what the system holds for a client that does not read: left to itself it lets that grow to megabytes, which a
 * container pays for. A host that has vanished is noticed by keep-alive probes.
 */
@Singleton
public final class StreamSockets implements HttpServerOptionsCustomizer {

    private final StreamConfig config;

    StreamSockets(StreamConfig config) {
        this.config = config;
    }

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        options.setSendBufferSize(config.sendBufferBytes()).setTcpKeepAlive(true);
    }
}
