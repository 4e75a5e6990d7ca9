package io.agentservice.api;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

/** Streams, and how they are resumed, of the packaged service: the jar or the native executable. */
@QuarkusIntegrationTest
@Tag("full")
@Tag("native")
class EventStreamIT extends EventStreamTest {}
