package io.agentservice.api;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

/** What Prometheus reads, of the native executable. */
@QuarkusIntegrationTest
@Tag("native-only")
class MetricsIT extends MetricsTest {}
