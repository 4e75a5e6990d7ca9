package io.agentservice.workspace;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One call of git.
 *
 * @param environment besides that which all have
 * @param maxBytes how much output is wanted
 */
record GitCommand(
        Path directory, List<String> arguments, Map<String, String> environment, Duration timeout, long maxBytes) {

    private static final long MAX_BYTES = 64L << 20;
    private static final Duration QUICK = Duration.ofMinutes(1);

    GitCommand {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    static GitCommand of(Path directory, String... arguments) {
        return new GitCommand(directory, List.of(arguments), Map.of(), QUICK, MAX_BYTES);
    }

    GitCommand with(List<String> more) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(more);
        return new GitCommand(directory, all, environment, timeout, maxBytes);
    }

    GitCommand within(Duration limit) {
        return new GitCommand(directory, arguments, environment, limit, maxBytes);
    }

    GitCommand atMost(long bytes) {
        return new GitCommand(directory, arguments, environment, timeout, bytes);
    }

    GitCommand with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(more);
        return new GitCommand(directory, arguments, all, timeout, maxBytes);
    }

    /** With settings that are on no command line. */
    GitCommand configured(GitSettings settings) {
        return with(settings.environment());
    }

    String name() {
        return arguments.get(0);
    }
}
