package io.agentservice.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs a process with mounts that only it sees, so that a test can have a small disk or one that cannot be written. */
public final class PrivateMounts {

    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    private PrivateMounts() {}

    public static boolean available() {
        return run(wrapper("mount -t tmpfs none /tmp"), List.of("true")) == 0;
    }

    /** @param script what is mounted before the process starts */
    public static List<String> wrapper(String script) {
        List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
        if (!ROOT) {
            command.add("--map-root-user");
        }
        command.addAll(List.of("--", "sh", "-ec", script + "; exec \"$@\"", "sh"));
        return command;
    }

    /** Runs a script where the process's mounts are. */
    public static void inside(long pid, String script) {
        List<String> command = new ArrayList<>(List.of("nsenter", "--target", "" + pid, "--mount"));
        if (!ROOT) {
            command.addAll(List.of("--user", "--preserve-credentials"));
        }
        if (run(command, List.of("--", "sh", "-ec", script)) != 0) {
            throw new IllegalStateException("failed: " + script);
        }
    }

    private static int run(List<String> command, List<String> more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(more);
        try {
            Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                System.err.println(all + ": " + said);
            }
            return code;
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }
}
