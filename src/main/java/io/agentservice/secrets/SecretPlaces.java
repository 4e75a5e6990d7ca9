package io.agentservice.secrets;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;

/** Where on this machine secrets of the service lie: what a job in a sandbox must not see. */
@Singleton
public final class SecretPlaces {

    /** Where Kubernetes puts the tokens of the pod's service account. */
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets");

    private static final List<String> FILES = List.of(
            "agent-service.access.bearer-token-file",
            "agent-service.access.tokens-file",
            "agent-service.agent.api-key-file",
            "agent-service.agent.oauth-token-file",
            "agent-service.secrets.vault.token-file",
            "agent-service.workspace.git-crypt-key",
            "quarkus.vault.authentication.kubernetes.jwt-token-path");
    private static final List<String> FAMILIES =
            List.of("agent-service.workspace.credentials.", "agent-service.agent.credentials");

    private final Config config;

    SecretPlaces(Config config) {
        this.config = config;
    }

    /** Those that are there now, by their real names. Blocks. */
    public List<Path> all(boolean serviceAccountToo) {
        List<Path> places = new ArrayList<>();
        if (serviceAccountToo) {
            add(SERVICE_ACCOUNT, places);
        }
        FILES.forEach(name -> value(name).ifPresent(path -> add(path, places)));
        StreamSupport.stream(config.getPropertyNames().spliterator(), false)
                .filter(name -> name.endsWith("-file") && FAMILIES.stream().anyMatch(name::startsWith))
                .forEach(name -> value(name).ifPresent(path -> add(path, places)));
        if (!serviceAccountToo) {
            places.removeIf(place -> isIn(place, SERVICE_ACCOUNT));
        }
        return places.stream().distinct().toList();
    }

    private Optional<Path> value(String name) {
        return config.getOptionalValue(name, String.class)
                .filter(text -> text.startsWith("/"))
                .map(Path::of);
    }

    /** Kubernetes puts a new folder beside the file's when a secret changes: the folder of both is what is hidden. */
    private static void add(Path path, List<Path> places) {
        try {
            Path folder = path.toAbsolutePath().getParent();
            boolean mounted = folder != null && Files.isSymbolicLink(folder.resolve("..data"));
            places.add((mounted ? folder : path).toRealPath());
        } catch (IOException notThere) {
            // Nothing to see.
        }
    }

    private static boolean isIn(Path place, Path folder) {
        try {
            return place.startsWith(folder.toRealPath());
        } catch (IOException notThere) {
            return false;
        }
    }
}
