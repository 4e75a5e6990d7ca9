package io.agentservice.api;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

/** The contract, of the native executable. */
@QuarkusIntegrationTest
@Tag("native-only")
class ContractIT extends ContractTest {}
