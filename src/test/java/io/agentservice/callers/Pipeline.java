package io.agentservice.callers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.agentservice.testing.Shell;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Carries out a pipeline of Woodpecker or a job of GitHub's as their runners would, step by step. */
final class Pipeline {

    private final JsonNode steps;
    private final Path checkout;
    private final Shell shell;

    private Pipeline(JsonNode steps, Path checkout, Shell shell) {
        this.steps = steps;
        this.checkout = checkout;
        this.shell = shell;
    }

    static Pipeline ofWoodpecker(Path checkout, String name, Shell shell) throws IOException {
        JsonNode file = new YAMLMapper()
                .readTree(checkout.resolve(".woodpecker/" + name).toFile());
        return new Pipeline(file.path("steps"), checkout, shell);
    }

    static Pipeline ofGitHub(Path checkout, String name, String job, Shell shell) throws IOException {
        JsonNode file = new YAMLMapper()
                .readTree(checkout.resolve(".github/workflows/" + name).toFile());
        return new Pipeline(file.at("/jobs/" + job + "/steps"), checkout, shell);
    }

    /**
     * Woodpecker puts the commands into one script, each after an echo of it, and runs that with {@code sh -e}. A step
     * with {@code status: failure} runs if one before it failed, and no other does.
     *
     * @param variables those of the pipeline and of CI
     * @param instead of what the file says in a step's environment, and its secrets by name
     * @return how each step that was run ended
     */
    Map<String, Shell.Ran> run(Map<String, String> variables, Map<String, String> instead) throws IOException {
        Map<String, Shell.Ran> ran = new LinkedHashMap<>();
        boolean failed = false;
        for (JsonNode step : steps) {
            boolean forFailure = step.path("when").toString().contains("\"status\":\"failure\"");
            if (forFailure == failed) {
                Map<String, String> environment = new LinkedHashMap<>(variables);
                step.path("environment").properties().forEach(entry -> {
                    String value = entry.getValue().isTextual()
                            ? entry.getValue().asText()
                            : entry.getValue().path("from_secret").asText();
                    environment.put(entry.getKey(), instead.getOrDefault(entry.getKey(), value));
                });
                environment.putAll(Map.of("CI", "woodpecker"));
                instead.forEach(environment::putIfAbsent);
                Shell.Ran one = runCommands(step, environment);
                failed |= one.code() != 0;
                ran.put(step.path("name").asText(), one);
            }
        }
        return ran;
    }

    private Shell.Ran runCommands(JsonNode step, Map<String, String> environment) throws IOException {
        var script = new StringBuilder();
        for (JsonNode command : step.path("commands")) {
            String quoted = "'" + ("+ " + command.asText()).replace("'", "'\\''") + "'";
            script.append("\necho ")
                    .append(quoted)
                    .append('\n')
                    .append(command.asText())
                    .append('\n');
        }
        return inCheckout(environment, "-e", "-c", script.toString());
    }

    /** GitHub runs each command line with {@code -e}; what a step has put out is what later ones see. */
    Shell.Ran step(String name, Map<String, String> environment) throws IOException {
        Optional<JsonNode> step = Optional.empty();
        for (JsonNode candidate : steps) {
            step = candidate.path("name").asText().equals(name) ? Optional.of(candidate) : step;
        }
        JsonNode found = step.orElseThrow(() -> new AssertionError("no step " + name));
        List<String> missing = new ArrayList<>();
        found.path("env").fieldNames().forEachRemaining(variable -> {
            if (!environment.containsKey(variable)) {
                missing.add(variable);
            }
        });
        if (!missing.isEmpty()) {
            throw new AssertionError("the step sets " + missing + ", of which the test says nothing");
        }
        return inCheckout(environment, "-e", "-c", found.path("run").asText());
    }

    private Shell.Ran inCheckout(Map<String, String> environment, String... arguments) throws IOException {
        try (Shell.Running running = shell.start(checkout, environment, "", arguments)) {
            return running.await();
        }
    }
}
