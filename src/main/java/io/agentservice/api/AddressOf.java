package io.agentservice.api;

import io.vertx.ext.web.RoutingContext;

/** Where a request comes from: the other end of its connection, unless quarkus.http.proxy.* says whom to believe more. */
final class AddressOf {

    private AddressOf() {}

    static String caller(RoutingContext request) {
        var address = request == null ? null : request.request().remoteAddress();
        String host = address == null ? null : address.hostAddress();
        return host == null ? "unknown" : host;
    }
}
