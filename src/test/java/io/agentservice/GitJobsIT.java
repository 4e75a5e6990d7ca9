package io.agentservice;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

/** Checkouts and what is left of them, of the native executable. */
@QuarkusIntegrationTest
@Tag("native-only")
class GitJobsIT extends GitJobsTest {}
