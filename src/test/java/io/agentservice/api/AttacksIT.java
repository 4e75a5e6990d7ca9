package io.agentservice.api;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

/** Attacks, of the native executable. */
@QuarkusIntegrationTest
@Tag("native-only")
class AttacksIT extends AttacksTest {}
