package io.agentservice.api;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.quarkus.vertx.http.ManagementInterface;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * {@code /metrics} and {@code /q/metrics}, in the format that is asked for first. Left to itself the framework answers
 * with text where text is mentioned at all, as Prometheus does last, and with OpenMetrics to curl.
 */
@Singleton
public final class MetricsRoute {

    private static final String OURS = "/metrics";
    private static final String FRAMEWORKS = "/q/metrics";
    private static final int BEFORE_THE_FRAMEWORKS_OWN = 9_000;

    private final boolean apart;

    MetricsRoute(
            MeterRegistry registry,
            @ConfigProperty(name = "quarkus.management.enabled", defaultValue = "false") boolean apart,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.apart = apart;
        announce(version, registry);
    }

    private static void announce(String version, MeterRegistry registry) {
        Gauge.builder("claude_agent_build_info", () -> 1)
                .description("Which service this is")
                .tag("version", version)
                .register(registry);
    }

    void register(@Observes Filters filters) {
        if (!apart) {
            filters.register(this::answer, BEFORE_THE_FRAMEWORKS_OWN);
        }
    }

    /** Where they have a port of their own. */
    void register(@Observes ManagementInterface management) {
        management.router().route().order(-1).handler(this::answer);
    }

    private void answer(RoutingContext request) {
        String path = request.normalizedPath();
        if (path.equals(OURS) || path.equals(FRAMEWORKS)) {
            String type = TextFormat.chooseContentType(request.request().getHeader("Accept"));
            request.request().headers().set("Accept", type);
        }
        if (path.equals(OURS)) {
            request.reroute(FRAMEWORKS);
        } else {
            request.next();
        }
    }
}
