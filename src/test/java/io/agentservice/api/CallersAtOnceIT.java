package io.agentservice.api;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Callers beside each other, of the native executable. */
@QuarkusIntegrationTest
@Tag("native-only")
class CallersAtOnceIT extends CallersAtOnceTest {

    @Test
    @Override
    @Disabled("it reads the log of its own process")
    void aCancelThatCannotBeNotedIsACancelAllTheSame() {}
}
