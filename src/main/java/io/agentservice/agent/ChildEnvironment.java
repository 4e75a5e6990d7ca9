package io.agentservice.agent;

import io.agentservice.process.CurrentUser;
import io.agentservice.process.ProcessSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The environment of an agent's process: an allow-list of the service's own, and what the run adds. */
final class ChildEnvironment {

    private static final Set<String> INHERITED = Set.of(
            "PATH",
            "LANG",
            "LC_ALL",
            "LC_CTYPE",
            "TZ",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "NO_PROXY",
            "http_proxy",
            "https_proxy",
            "no_proxy",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "NODE_EXTRA_CA_CERTS",
            "ANTHROPIC_BASE_URL");

    /** What makes the CLI quiet and predictable; each is measured, see ADR 0010. */
    private static final Map<String, String> SWITCHES = Map.of(
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1",
            "DISABLE_AUTOUPDATER", "1",
            "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "1",
            // Else "@/etc/passwd" in a prompt attaches the file, whatever the permissions say.
            "CLAUDE_CODE_DISABLE_FILE_MENTIONS", "1");

    private ChildEnvironment() {}

    static Map<String, String> of(AgentRun run, Map<String, String> ours) {
        Map<String, String> child = new HashMap<>(ours);
        child.keySet().retainAll(INHERITED);
        child.putAll(SWITCHES);
        child.putAll(run.given().telemetry());
        child.putAll(run.given().credential());
        child.putAll(run.policy().environment());
        child.putAll(run.given().secrets());
        var workspace = run.workspace();
        child.put("HOME", workspace.home().toString());
        child.put("TMPDIR", workspace.temporary().toString());
        child.put("CLAUDE_CODE_TMPDIR", workspace.temporary().toString());
        child.put("CLAUDE_CONFIG_DIR", workspace.conversation().toString());
        child.put(ProcessSpec.MARKER, run.job().runMarker());
        if (CurrentUser.isRoot()) {
            // The CLI refuses bypassPermissions to root unless it is told that it is contained.
            child.put("IS_SANDBOX", "1");
        }
        return child;
    }
}
