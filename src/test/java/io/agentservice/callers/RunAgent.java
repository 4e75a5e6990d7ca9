package io.agentservice.callers;

import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.Shell;
import io.restassured.RestAssured;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The shell client, by a shell. */
final class RunAgent {

    static final String SCRIPT = "integrations/shell/run-agent";

    private final Shell shell;

    RunAgent(Shell shell) {
        this.shell = shell;
    }

    static String url() {
        return RestAssured.baseURI + ":" + RestAssured.port;
    }

    static Map<String, String> environment() {
        return Map.of("CLAUDE_AGENT_URL", url(), "CLAUDE_AGENT_API_TOKEN", ServiceUnderTest.TOKEN);
    }

    Shell.Ran run(String... arguments) throws IOException {
        return runWith(environment(), "", arguments);
    }

    Shell.Ran runWith(Map<String, String> environment, String input, String... arguments) throws IOException {
        return shell.run(environment, input, withScript(arguments));
    }

    Shell.Running start(String... arguments) throws IOException {
        return shell.start(environment(), "", withScript(arguments));
    }

    /** The usual environment with some of it changed; an empty value is as none. */
    static Map<String, String> with(String... pairs) {
        Map<String, String> environment = new HashMap<>(environment());
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1]);
        }
        return environment;
    }

    private static String[] withScript(String... arguments) {
        List<String> all = new ArrayList<>(List.of(SCRIPT));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }
}
