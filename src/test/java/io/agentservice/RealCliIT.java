package io.agentservice;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

/** The real CLI, of the native executable. */
@QuarkusIntegrationTest
@Tag("native-only")
class RealCliIT extends RealCliTest {}
