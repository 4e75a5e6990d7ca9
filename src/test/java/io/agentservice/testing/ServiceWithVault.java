package io.agentservice.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The service under test with a stand-in Vault behind TLS, two credentials for the model, and agents that have secrets. */
public final class ServiceWithVault implements QuarkusTestResourceLifecycleManager {

    /** Every char in it has a meaning somewhere. */
    public static final String SECRET = "gh/p+At_\"q\\u0te&d%7=Kx'~Zz";

    private static final String AGENTS = """
            defaults:
              workspace: {mode: directory, shared: true}
            agents:
              stub-leaks:
                environment: {ANTHROPIC_API_KEY: "of its own"}
                secrets: {GITHUB_TOKEN: secret/ci#github_pat}
              stub-leaks-later:
                environment: {ANTHROPIC_API_KEY: "of its own"}
                secrets: {GITHUB_TOKEN: secret/later#token}
              stub-refused:
                environment: {ANTHROPIC_API_KEY: "of its own"}
                secrets: {GITHUB_TOKEN: secret/nowhere#token}
                on-missing-secret: fail
            """;

    private static StandInVault vault;
    private final ServiceUnderTest service = new ServiceUnderTest();
    private final Map<String, String> config = new HashMap<>();
    private TlsFront front;

    @Override
    public Map<String, String> start() {
        try {
            vault = StandInVault.start();
            vault.knowJwt("j.w.t", "agents", 3600);
            vault.put("ci", Map.of("github_pat", SECRET));
            config.putAll(service.start());
            Path workspace = Path.of(config.get("agent-service.workspace.directory"));
            for (String agent : List.of("stub-leaks", "stub-leaks-later")) {
                Files.writeString(
                        workspace.resolve(".claude/agents/" + agent + ".md"),
                        "---\nname: %s\ndescription: x\n---\nYou are a test agent.\n".formatted(agent));
            }
            Path root = workspace.getParent();
            config.remove("agent-service.agent.api-key");
            config.put(
                    "agent-service.agent.file",
                    Files.writeString(root.resolve("secret-agents.yaml"), AGENTS)
                            .toString());
            config.put("agent-service.agent.credentials[0].name", "work");
            config.put("agent-service.agent.credentials[0].api-key", "work-credential-1");
            config.put("agent-service.agent.credentials[1].name", "spare");
            config.put("agent-service.agent.credentials[1].api-key", "spare-credential-2");
            config.put("agent-service.secrets.cache-for", "100ms");
            config.put("agent-service.secrets.vault.refresh-every", "200ms");
            config.put("agent-service.secrets.vault.timeout", "2s");
            // There is none here, and it would be read whatever the address is.
            config.put("quarkus.vault.tls.use-kubernetes-ca-cert", "false");
            front = TlsFront.before(vault.base(), root.resolve("front"));
            config.put("quarkus.vault.url", front.base().toString());
            config.put("quarkus.vault.tls.ca-cert", front.authority().toString());
            config.put("quarkus.vault.authentication.kubernetes.role", "agents");
            config.put(
                    "quarkus.vault.authentication.kubernetes.jwt-token-path",
                    Files.writeString(root.resolve("jwt"), "j.w.t").toString());
            return config;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void inject(TestInjector test) {
        service.inject(test);
    }

    public static StandInVault vault() {
        return vault;
    }

    @Override
    public void stop() {
        Given.Settings.forget(config);
        service.stop();
        if (front != null) {
            front.close();
        }
        if (vault != null) {
            vault.close();
        }
    }
}
