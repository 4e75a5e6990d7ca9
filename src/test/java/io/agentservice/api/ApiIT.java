package io.agentservice.api;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

/** What callers see on the wire, of the packaged service: the jar or the native executable. */
@QuarkusIntegrationTest
@Tag("full")
@Tag("native")
class ApiIT extends ApiTest {}
