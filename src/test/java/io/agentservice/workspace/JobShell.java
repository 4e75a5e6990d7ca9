package io.agentservice.workspace;

import io.agentservice.testing.GitRepo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs what an agent would run, with what an agent has: its folders and hardly any environment. */
record JobShell(Workspace workspace) {

    GitRepo.Result run(String command) {
        var builder = new ProcessBuilder(List.of("sh", "-c", command))
                .directory(workspace.directory().toFile())
                .redirectErrorStream(true);
        var environment = builder.environment();
        environment.keySet().retainAll(List.of("PATH"));
        environment.put("HOME", workspace.home().toString());
        environment.put("TMPDIR", workspace.temporary().toString());
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
            return new GitRepo.Result(process.waitFor(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @return what it printed; fails the test if it fails */
    String good(String command) {
        var result = run(command);
        if (result.code() != 0) {
            throw new AssertionError(command + ": " + result.text());
        }
        return result.text();
    }
}
