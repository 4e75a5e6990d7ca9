package io.agentservice.callers;

import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.Shell;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@Tag("full")
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class RunAgentUnderBusyboxTest extends RunAgentContract {

    @Override
    Shell shell(Path folder) throws IOException {
        return Shell.busybox(folder);
    }
}
