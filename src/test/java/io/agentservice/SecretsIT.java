package io.agentservice;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

/** Secrets of a Vault behind TLS, of the native executable. */
@QuarkusIntegrationTest
@Tag("native-only")
class SecretsIT extends SecretsTest {}
