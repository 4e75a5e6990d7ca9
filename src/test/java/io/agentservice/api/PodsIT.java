package io.agentservice.api;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

/** Tokens of Kubernetes, whose keys come by TLS, of the native executable. */
@QuarkusIntegrationTest
@Tag("native-only")
class PodsIT extends PodsTest {}
