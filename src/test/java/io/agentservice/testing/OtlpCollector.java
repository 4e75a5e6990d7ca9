package io.agentservice.testing;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A collector that takes OTLP over HTTP, as protobuf, and keeps the spans. */
public final class OtlpCollector implements AutoCloseable {

    private final HttpServer server;
    private final Queue<SpanSeen> spans = new ConcurrentLinkedQueue<>();
    private final Queue<byte[]> bodies = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> requests = new ConcurrentHashMap<>();

    /** @param from the name of the service that sent it */
    public record SpanSeen(String from, String traceId, String id, String parent, Span span) {

        public String name() {
            return span.getName();
        }

        public boolean isError() {
            return span.getStatus().getCodeValue() == 2;
        }

        /** The attribute's value as text; empty if there is none. */
        public String attribute(String key) {
            return value(span.getAttributesList(), key);
        }
    }

    private OtlpCollector(HttpServer server) {
        this.server = server;
        server.createContext("/", this::take);
        server.start();
    }

    public static OtlpCollector start() throws IOException {
        return new OtlpCollector(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    }

    private void take(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        bodies.add(body);
        if (path.equals("/v1/traces")) {
            ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
                    .flatMap(OtlpCollector::read)
                    .forEach(spans::add);
        }
        requests.merge(path, 1, Integer::sum);
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    private static Stream<SpanSeen> read(ResourceSpans resource) {
        String from = value(resource.getResource().getAttributesList(), "service.name");
        return resource.getScopeSpansList().stream()
                .flatMap(scope -> scope.getSpansList().stream())
                .map(span -> new SpanSeen(
                        from, hex(span.getTraceId()), hex(span.getSpanId()), hex(span.getParentSpanId()), span));
    }

    private static String value(List<KeyValue> attributes, String key) {
        return attributes.stream()
                .filter(attribute -> attribute.getKey().equals(key))
                .map(attribute -> attribute.getValue().hasStringValue()
                        ? attribute.getValue().getStringValue()
                        : attribute.getValue().toString().strip())
                .findFirst()
                .orElse("");
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The spans of one trace, in the order in which they came. */
    public List<SpanSeen> trace(String traceId) {
        return spans.stream().filter(span -> span.traceId().equals(traceId)).toList();
    }

    /** How often a path was asked for. */
    public int requests(String path) {
        return requests.getOrDefault(path, 0);
    }

    /** Whether anything that was sent here holds this text. */
    public boolean hasSeen(String text) {
        return bodies.stream().anyMatch(body -> new String(body, StandardCharsets.UTF_8).contains(text));
    }

    @Override
    public String toString() {
        return spans.stream()
                .map(span -> "%s %s: %s %s < %s"
                        .formatted(span.traceId(), span.from(), span.name(), span.id(), span.parent()))
                .collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
